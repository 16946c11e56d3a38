import type { ChunkRecord } from '../../formats/zarr/ledger.ts';
import type { OriginRun } from '../series.ts';

/** What is known of a store beside what is in it. */
export interface WrittenRecord {
  /**
   * What a chunk was when it was stored or taken over; `absent`: it was not there when the store was taken over; undefined: nothing is known.
   *
   * @param row where it begins
   */
  chunk(key: string, row: number): Promise<ChunkRecord | 'absent' | undefined>;
  /** Where rows came from: runs that add up to `count`. */
  origins(from: number, count: number): Promise<readonly OriginRun[]>;
}

/** A file whose rows were stored. Times in seconds since 1900. */
export interface WrittenFile {
  readonly name: string;
  readonly firstTime: number;
  readonly lastTime: number;
}
