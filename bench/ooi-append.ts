/**
 * Appends a day to a store of one year and to one of ten, in a folder: rows of every minute, fifteen variables, two of the days before again
 * with it. What it costs must not follow the length of the store.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDataType } from '../src/formats/zarr/data-type.ts';
import { valuesOver } from '../src/formats/zarr/values.ts';
import type { Rank } from '../src/ooi/order.ts';
import type { ColumnPlan, SchemaNotes, SeriesInput, SortedSource, VariableNotes } from '../src/ooi/series.ts';
import { openSeriesStore } from '../src/ooi/store/series-store.ts';
import { counted } from '../src/stores/objects/counted.ts';
import { openDisk } from '../src/stores/objects/disk.ts';
import { median, say } from './support.ts';

const DAY = 1440;
const START = 3_700_000_000;
const NAMES = Array.from({ length: 14 }, (_, i) => `variable_${String(i).padStart(2, '0')}`);
const LOOK_BACK_DAYS = 2;

/** Sensor-like: a slow wave and noise that follows from the row, rounded to three places. */
const valueAt = (row: number, name: number): number => Math.round((10 + Math.sin(row / 900 + name)) * 1000 + noise(row * 31 + name)) / 1000;

const noise = (seed: number): number => (Math.imul(Math.imul(seed, 2_654_435_761) ^ (seed >>> 7), 2_246_822_519) >>> 26) - 32;

function input(id: string, day: number, from: number, rows: number): SeriesInput {
  const requestedAt = new Date(Date.UTC(2024, 0, 1 + day)).toISOString();
  const by: Rank = { requestedAt, request: id, file: 0 };
  const notes = (type: string, units: string): VariableNotes => ({
    types: { [type]: { first: by, fill: null } },
    inner: [],
    isOnTime: true,
    attributes: { units: { value: units, by } },
    tests: null,
    textBytes: 0,
  });
  const variables = {
    time: notes('<f8', 'seconds since 1900-01-01 0:0:0'),
    ...Object.fromEntries(NAMES.map((name) => [name, notes('<f8', '1')])),
  };
  const schema: SchemaNotes = { variables, attributes: {}, extent: {} };
  const source: SortedSource = {
    rows,
    times: async (at, count) => Float64Array.from({ length: count }, (_, i) => START + 60 * (from + at + i)),
    origins: async (_at, count) => [{ rows: count, origin: by }],
    values: async ({ name, type }: ColumnPlan, at, count) => {
      const values = new Float64Array(count);
      for (let i = 0; i < count; i++) values[i] = valueAt(from + at + i, NAMES.indexOf(name));
      return valuesOver(parseDataType(name, type), new Uint8Array(values.buffer));
    },
    close: async () => undefined,
  };
  const request = { id, kind: 'append', requestedAt, begin: requestedAt, end: requestedAt } as const;
  return { request, notes: schema, files: [], sources: [source] };
}

const free = { fence: async () => undefined };

for (const years of [1, 10]) {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-append-'));
  try {
    const { store: objects, traffic } = counted(await openDisk({ folder }));
    const store = openSeriesStore({ objects, disk: { folder }, table: 'T', publish: 'link', codec: 'zstd' });
    const days = 365 * years;
    const began = performance.now();
    const built = await store.build({ id: 'g1', inputs: [input('whole', 0, 0, days * DAY)] }, free);
    await store.publish('g1', free);
    const builtSeconds = (performance.now() - began) / 1000;
    say(
      `${years} years: ${built.rows} rows in ${built.chunks} chunks, ${(built.bytesWritten / 1e6).toFixed(0)} MB, built and read back in ${builtSeconds.toFixed(1)} s`,
    );
    const seconds: number[] = [];
    for (let day = 1; day <= 5; day++) {
      const before = traffic();
      const from = performance.now();
      const { chunks, bytesWritten, added, state } = await store.append(
        input(`day${day}`, day, (days + day - 1 - LOOK_BACK_DAYS) * DAY, (1 + LOOK_BACK_DAYS) * DAY),
        free,
      );
      seconds.push((performance.now() - from) / 1000);
      const [read, put] = [traffic().readBytes - before.readBytes, traffic().writtenBytes - before.writtenBytes];
      say(
        `  day ${day}: ${state}, ${added} rows, ${chunks} chunks, ${(put / 1e6).toFixed(2)} MB written (${(bytesWritten / 1e6).toFixed(2)} MB new content), ${(read / 1e6).toFixed(2)} MB read, ${seconds.at(-1)?.toFixed(2)} s`,
      );
    }
    say(`  median ${median(seconds).toFixed(2)} s`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
