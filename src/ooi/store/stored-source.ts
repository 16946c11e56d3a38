import { Failure } from '../../errors.ts';
import { dimensionsOf, product, withTextBytes, type ZarrArray } from '../../formats/zarr/array.ts';
import type { ZarrGroup } from '../../formats/zarr/group.ts';
import { DEFAULT_LIMITS } from '../../formats/zarr/limits.ts';
import { readRows } from '../../formats/zarr/read.ts';
import type { ChunkReader } from '../../formats/zarr/store.ts';
import { parseTimeUnits } from '../../formats/zarr/time.ts';
import type { ColumnPlan, SeriesPlan, SortedSource } from '../series.ts';
import { isTextColumn, typeOf } from './column-type.ts';
import { reshaped } from './reshape.ts';
import { absentValues, coordinateValues } from './rules.ts';
import type { Segments } from './segments.ts';

export interface Stored {
  readonly group: ZarrGroup;
  readonly chunks: ChunkReader;
  readonly segments: Segments;
  /** How it was planned when it was written. */
  readonly plan: SeriesPlan;
}

/** Rows `from` on of a generation. */
export function storedSource({ group, chunks, segments, plan }: Stored, from: number): SortedSource {
  const time = timeOf(group);
  const rows = (time.shape[0] ?? 0) - from;
  const before = new Map(plan.columns.map((column) => [column.name, column]));
  return {
    rows,
    times: (at, count) => readTimes(chunks, group, from + at, count),
    origins: (at, count) => segments.origins(from + at, count),
    async values(column: ColumnPlan, at, count) {
      const found = group.arrays.get(column.name);
      if (!column.isOnTime) return coordinateValues(column);
      if (found === undefined || before.get(column.name)?.isOnTime !== true) return absentValues(column, count);
      const array = isTextColumn(column) ? withTextBytes(found, typeOf(column).bytes) : found;
      const values = await readRows(chunks, array, { from: from + at, to: from + at + count }, limitsFor(array, count));
      return reshaped(array, values, count, column, before.get(column.name) ?? null);
    },
    close: async () => undefined,
  };
}

/** @throws {Failure} `unsupported_store` */
export function timeOf({ arrays }: ZarrGroup): ZarrArray {
  const time = arrays.get('time');
  const units = parseTimeUnits(String(time?.attributes.units ?? ''));
  const [along = 'time'] = time === undefined ? [] : (dimensionsOf(time) ?? []);
  const isOurs = time?.shape.length === 1 && along === 'time' && time.type.kind === 'float' && time.type.bytes === 8;
  if (time !== undefined && isOurs && units?.secondsPerUnit === 1 && units.startSeconds === 0) return time;
  throw new Failure({
    kind: 'stop',
    code: 'unsupported_store',
    happened:
      time === undefined ? 'The store has no array time' : `time is ${time.type.name} on ${along}, ${String(time.attributes.units)}`,
    expected: 'one dimension, time, of float64, seconds since 1900-01-01',
    remedy: 'Refresh the flow: that builds a new store in a form that Landfall reads and writes',
  });
}

export async function readTimes(chunks: ChunkReader, group: ZarrGroup, from: number, count: number): Promise<Float64Array> {
  const values = await readRows(chunks, timeOf(group), { from, to: from + count });
  if (values instanceof Float64Array) return values;
  throw new TypeError('float64 is read as Float64Array');
}

/** A chunk may be larger than what one read usually gives. */
const limitsFor = (array: ZarrArray, count: number) => ({
  limits: { ...DEFAULT_LIMITS, readBytes: Math.max(DEFAULT_LIMITS.readBytes, count * product(array.shape.slice(1)) * array.type.bytes) },
});
