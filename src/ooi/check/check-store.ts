import { rowsOf } from '../../formats/zarr/grid.ts';
import { CONSOLIDATED_KEY } from '../../formats/zarr/group.ts';
import { openStore } from '../../formats/zarr/open.ts';
import type { ChunkStore } from '../../formats/zarr/store.ts';
import { timeArrayOf } from '../report/series-view.ts';
import { type CheckedChunks, checkChunks } from './chunks.ts';
import { checkCoverage, checkDocuments } from './documents.ts';
import { type Finding, Findings } from './findings.ts';
import { type CheckedTimes, checkTimes } from './times.ts';
import type { WrittenFile, WrittenRecord } from './written.ts';

export interface StoreToCheck {
  /** As it lies there: nothing in between that holds chunks against a record. */
  readonly chunks: Pick<ChunkStore, 'get' | 'list'>;
  /** Null for a store that somebody else wrote. */
  readonly record: WrittenRecord | null;
  /** Files of all requests that went into it. */
  readonly files: readonly WrittenFile[];
  /** Whether a change of the store is under way: asked before and after. */
  readonly isChanging?: () => Promise<boolean>;
}

export interface CheckOptions {
  /** Which chunks are drawn. */
  readonly seed: number;
  /** Chunks to read; absent: all. */
  readonly sample?: number;
  readonly signal?: AbortSignal;
  /** Told the bytes of every chunk that was read. */
  readonly onChunk?: (bytes: number) => void;
}

export interface StoreCheck {
  /** `changed_meanwhile`: the store was being changed, so nothing is to be concluded from what was found: check again. */
  readonly state: 'checked' | 'changed_meanwhile';
  readonly findings: readonly Finding[];
  readonly arrays: number;
  readonly times: CheckedTimes;
  readonly chunks: CheckedChunks;
}

/**
 * Checks a store by itself (specification 7.6) and against the record of what was stored. Small result, flat memory.
 *
 * @throws {Failure} `no_store`, `unreadable_store`, `no_time`, `bad_time_units`: what cannot be checked at all
 */
export async function checkStore({ chunks, record, files, isChanging }: StoreToCheck, options: CheckOptions): Promise<StoreCheck> {
  const before = { isChanging: await isChanging?.(), bytes: await chunks.get(CONSOLIDATED_KEY) };
  const group = await openStore(chunks);
  const findings = new Findings();
  const view = { store: chunks, group };
  const arrays = [...group.arrays.values()];
  await checkDocuments(chunks, group, findings);
  const times = await checkTimes(view, files, findings, options.signal);
  checkCoverage(group, times, findings);
  if (record !== null) await checkRecord(record, rowsOf(timeArrayOf(view)), findings);
  const read = await checkChunks(chunks, { arrays, record, ...options }, findings);
  const after = { isChanging: await isChanging?.(), bytes: await chunks.get(CONSOLIDATED_KEY) };
  const isStill = before.isChanging !== true && after.isChanging !== true && isSame(before.bytes, after.bytes);
  return { state: isStill ? 'checked' : 'changed_meanwhile', findings: findings.result(), arrays: arrays.length, times, chunks: read };
}

const isSame = (a: Uint8Array | null, b: Uint8Array | null): boolean => (a === null || b === null ? a === b : Buffer.compare(a, b) === 0);

/** Rows of the record that are looked at together. */
const RECORD_ROWS = 1_000_000;

async function checkRecord(record: WrittenRecord, rows: number, findings: Findings): Promise<void> {
  for (let from = 0; from < rows; from += RECORD_ROWS) {
    const count = Math.min(RECORD_ROWS, rows - from);
    const known = (await record.origins(from, count)).reduce((sum, run) => sum + run.rows, 0);
    if (known !== count)
      findings.add('record_length', `of rows ${from} to ${from + count - 1} the record knows ${known}`, Math.abs(count - known));
  }
}
