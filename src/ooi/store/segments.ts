import type { ChunkRecord } from '../../formats/zarr/ledger.ts';
import type { ObjectStore } from '../../stores/objects/contract.ts';
import { BEFORE } from '../order.ts';
import type { OriginRun } from '../series.ts';
import { unreadableRecord } from './current.ts';
import { cutRuns, EMPTY_SEGMENT, joined, parseSegment, type Segment, segmentKey } from './segment.ts';

/** What a chunk was when it was written or taken over; `absent`: it was not there when the store was taken over. */
export type KnownChunk = ChunkRecord | 'absent';

/** The record of rows and chunks of one generation, read as it is needed. */
export interface Segments {
  /** Rows of a segment. */
  readonly rows: number;
  get(k: number): Promise<Segment>;
  /** Runs that add up to `count` rows. */
  origins(from: number, count: number): Promise<readonly OriginRun[]>;
  /** What is known of a chunk that begins at the row; undefined: nothing is. */
  chunk(key: string, row: number): Promise<KnownChunk | undefined>;
}

/**
 * @param record the prefix of the record; null: of an adopted store, of which nothing is known but that it was there before
 * @param recorded rows that stand in segments: where the record of one of them is gone, nothing would tell that a chunk is too
 */
export function segmentsAt(objects: ObjectStore, record: string | null, rows: number, recorded: number): Segments {
  const read = new Map<number, Promise<Segment>>();
  const get = (k: number): Promise<Segment> => {
    if (record === null) return Promise.resolve(EMPTY_SEGMENT);
    const key = segmentKey(record, k);
    const known = read.get(k);
    if (known !== undefined) return known;
    const segment = objects.get(key).then((found) => {
      if (found !== null) return parseSegment(key, found.bytes);
      if (k * rows < recorded) throw unreadableRecord(key, 'it is not there');
      return EMPTY_SEGMENT;
    });
    if (read.size >= KEPT) read.delete(read.keys().next().value ?? -1);
    read.set(k, segment);
    return segment;
  };
  return {
    rows,
    get,
    async origins(from, count) {
      const runs: OriginRun[] = [];
      for (let at = from; at < from + count; ) {
        const k = Math.floor(at / rows);
        const end = Math.min(from + count, (k + 1) * rows);
        const { origins } = await get(k);
        // rows of an adopted store stand in no segment
        runs.push(...(origins.length === 0 ? [{ rows: end - at, origin: BEFORE }] : cutRuns(origins, at - k * rows, end - at)));
        at = end;
      }
      return joined(runs);
    },
    async chunk(key, row) {
      const { chunks, absent } = await get(Math.floor(row / rows));
      return chunks.get(key) ?? (absent.has(key) ? 'absent' : undefined);
    },
  };
}

/** Segments in memory at a time. */
const KEPT = 16;
