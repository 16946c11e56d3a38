import { parseDataType } from '../../src/formats/zarr/data-type.ts';
import type { JsonObject } from '../../src/formats/zarr/json.ts';
import { newArray } from '../../src/formats/zarr/new-array.ts';
import { rawBytes, roomFor, type Values } from '../../src/formats/zarr/values.ts';
import type { Rank } from '../../src/ooi/order.ts';
import type { ColumnPlan, SchemaNotes, SeriesInput, SortedSource, VariableNotes } from '../../src/ooi/series.ts';
import { reshaped } from '../../src/ooi/store/reshape.ts';
import { absentValues } from '../../src/ooi/store/rules.ts';

/** A variable of a made request: its values by row. */
export interface MadeColumn {
  readonly type: string;
  readonly inner?: readonly { readonly name: string; readonly size: number }[];
  readonly fill?: number;
  readonly attributes?: JsonObject;
  /** `rows × inner` numbers; texts for `|S…`. */
  readonly values: readonly (number | string)[];
}

export interface MadeRequest {
  readonly id: string;
  /** Minutes: later requests rank higher. */
  readonly at: number;
  readonly kind?: 'append' | 'refresh';
  readonly times: readonly number[];
  readonly columns: Readonly<Record<string, MadeColumn>>;
}

export const START = 3_800_000_000;

/** A request with one file in memory, as if it had been read. Times in order. */
export function madeInput({ id, at, kind = 'append', times, columns }: MadeRequest): SeriesInput {
  const requestedAt = new Date(Date.UTC(2024, 0, 1) + at * 60_000).toISOString();
  const rank: Rank = { requestedAt, request: id, file: 0 };
  const file = { name: `deployment0001_${id}.nc`, deployment: 1, start: '20240101T000000', end: '20240102T000000' };
  const rows = times.length;
  return {
    request: { id, kind, requestedAt, begin: requestedAt, end: requestedAt },
    notes: notesOf(columns, rank),
    files: [{ state: 'read', file, rows, dropped: 0, firstTime: times[0] ?? 0, lastTime: times.at(-1) ?? 0, sizeBytes: 1 }],
    sources: [sourceOf(times, columns, rank)],
  };
}

function notesOf(columns: MadeRequest['columns'], by: Rank): SchemaNotes {
  const variables = Object.entries(columns).map(([name, { type, inner = [], fill, attributes = {} }]): [string, VariableNotes] => [
    name,
    {
      types: { [type]: { first: by, fill: fill === undefined ? null : { value: fill, by } } },
      inner,
      isOnTime: true,
      attributes: said(attributes, by),
      tests: typeof attributes.tests_executed === 'string' ? { value: attributes.tests_executed, by } : null,
      textBytes: type.startsWith('|S') ? Number(type.slice(2)) : 0,
    },
  ]);
  const time: VariableNotes = {
    types: { '<f8': { first: by, fill: null } },
    inner: [],
    isOnTime: true,
    attributes: said({ units: 'seconds since 1900-01-01 0:0:0', calendar: 'gregorian' }, by),
    tests: null,
    textBytes: 0,
  };
  return {
    variables: Object.fromEntries([['time', time], ...variables]),
    attributes: said({ title: 'made', last: by.request }, by),
    extent: {},
  };
}

const said = (attributes: JsonObject, by: Rank) =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, { value, by }]));

function sourceOf(times: readonly number[], columns: MadeRequest['columns'], rank: Rank): SortedSource {
  return {
    rows: times.length,
    times: async (from, count) => Float64Array.from(times.slice(from, from + count)),
    origins: async (_from, count) => [{ rows: count, origin: rank }],
    async values(column, from, count) {
      if (column.name === 'time') return Float64Array.from(times.slice(from, from + count));
      const made = columns[column.name];
      if (made === undefined) return absentValues(column, count);
      return asColumn(column.name, made, from, count, column);
    },
    close: async () => undefined,
  };
}

function asColumn(name: string, made: MadeColumn, from: number, count: number, column: ColumnPlan): Values {
  const sizes = (made.inner ?? []).map(({ size }) => size);
  const width = sizes.reduce((a, b) => a * b, 1);
  const part = made.values.slice(from * width, (from + count) * width);
  const array = newArray({
    name,
    type: made.type,
    shape: [count, ...sizes],
    dimensions: ['time', ...(made.inner ?? []).map((one) => one.name)],
    fill: made.fill ?? null,
    compressor: null,
  });
  return reshaped(array, valuesOf(made.type, part), count, column, null);
}

function valuesOf(type: string, values: readonly (number | string)[]): Values {
  const parsed = parseDataType('made', type);
  const room = roomFor(parsed, values.length);
  if (parsed.kind === 'text') {
    const bytes = rawBytes(room);
    for (const [at, value] of values.entries()) bytes.set(Buffer.from(String(value)).subarray(0, parsed.bytes), at * parsed.bytes);
    return room;
  }
  for (const [at, value] of values.entries()) {
    if (room instanceof BigInt64Array || room instanceof BigUint64Array) room[at] = BigInt(value);
    else room[at] = Number(value);
  }
  return room;
}
