import { z } from 'zod';
import { readJson } from '../../formats/zarr/json.ts';
import type { ChunkRecord } from '../../formats/zarr/ledger.ts';
import { compareRanks, type Rank } from '../order.ts';
import type { OriginRun } from '../series.ts';
import { unreadableRecord } from './current.ts';

/** What is known of so many rows, those of a chunk of a one-dimensional array, and of all chunks that begin there. */
export interface Segment {
  /** Runs that add up to the segment's rows. */
  readonly origins: readonly OriginRun[];
  /** By key, relative to the group. */
  readonly chunks: ReadonlyMap<string, ChunkRecord>;
  /** Keys of chunks that were not there when the store was taken over: fill, as in every Zarr store. */
  readonly absent: ReadonlySet<string>;
}

export const EMPTY_SEGMENT: Segment = { origins: [], chunks: new Map(), absent: new Set() };

/** @param record the prefix of the record */
export const segmentKey = (record: string, k: number): string => `${record}/rows/${k}`;

const schema = z.strictObject({
  format: z.literal(1),
  /** Requested at, request, file. */
  ranks: z.array(z.tuple([z.string(), z.string(), z.number()])),
  /** Rows, position among `ranks`. */
  runs: z.array(z.tuple([z.number().int().positive(), z.number().int().nonnegative()])),
  /** Key, bytes, SHA-256. */
  chunks: z.array(z.tuple([z.string(), z.number(), z.string()])),
  /** Keys. */
  absent: z.array(z.string()).exactOptional(),
});

/** The same content is the same bytes. */
export function segmentBytes({ origins, chunks, absent }: Segment): Uint8Array {
  const ranks = new Map<string, readonly [string, string, number]>();
  const positions = new Map<string, number>();
  const runs = joined(origins).map(({ rows, origin }): readonly [number, number] => {
    const name = JSON.stringify([origin.requestedAt, origin.request, origin.file]);
    const position = positions.get(name) ?? positions.size;
    positions.set(name, position);
    ranks.set(name, [origin.requestedAt, origin.request, origin.file]);
    return [rows, position];
  });
  const sorted = [...chunks.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const text = JSON.stringify({
    format: 1,
    ranks: [...ranks.values()],
    runs,
    chunks: sorted.map(({ key, length, sha256 }) => [key, length, sha256]),
    ...(absent.size === 0 ? {} : { absent: [...absent].toSorted() }),
  });
  return new TextEncoder().encode(text);
}

/** @throws {Failure} `unreadable_record` (stop) */
export function parseSegment(key: string, bytes: Uint8Array): Segment {
  const parsed = schema.safeParse(readJson(key, bytes));
  if (!parsed.success) throw unreadableRecord(key, z.prettifyError(parsed.error));
  const ranks = parsed.data.ranks.map(([requestedAt, request, file]): Rank => ({ requestedAt, request, file }));
  const origins = parsed.data.runs.map(([rows, position]) => {
    const origin = ranks[position];
    if (origin === undefined) throw unreadableRecord(key, `a run names origin ${position} of ${ranks.length}`);
    return { rows, origin };
  });
  const chunks = parsed.data.chunks.map(([name, length, sha256]): [string, ChunkRecord] => [name, { key: name, length, sha256 }]);
  return { origins, chunks: new Map(chunks), absent: new Set(parsed.data.absent) };
}

/** Neighbouring runs of one origin made one. */
export function joined(runs: Iterable<OriginRun>): readonly OriginRun[] {
  const all: { rows: number; readonly origin: Rank }[] = [];
  for (const { rows, origin } of runs) {
    const last = all.at(-1);
    if (rows === 0) continue;
    if (last !== undefined && (last.origin === origin || compareRanks(last.origin, origin) === 0)) last.rows += rows;
    else all.push({ rows, origin });
  }
  return all;
}

/** The part of runs that covers rows `from` to `from + count - 1`. */
export function cutRuns(runs: Iterable<OriginRun>, from: number, count: number): readonly OriginRun[] {
  const part: OriginRun[] = [];
  let at = 0;
  for (const { rows, origin } of runs) {
    const begin = Math.max(at, from);
    const end = Math.min(at + rows, from + count);
    if (begin < end) part.push({ rows: end - begin, origin });
    at += rows;
    if (at >= from + count) break;
  }
  return part;
}
