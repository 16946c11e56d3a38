import { stat } from 'node:fs/promises';
import { errnoOf, isFailure, messageOf } from '../../errors.ts';
import type { NetcdfFile } from '../../formats/netcdf/file.ts';
import { TEXT_BYTES } from '../../formats/zarr/limits.ts';
import type { Rank } from '../order.ts';
import type { FileReport, SchemaNotes } from '../series.ts';
import { type FileHeader, isText, readHeader, Unusable } from './header.ts';
import { notesOf } from './notes.ts';
import type { SelectedFile } from './select.ts';
import type { Shelf } from './shelf.ts';
import { MOST_SORTED_ROWS } from './sorted-copy.ts';
import { type ScannedTimes, scanTimes } from './times.ts';

export interface Inspected {
  readonly report: Extract<FileReport, { state: 'read' }>;
  readonly header: FileHeader;
  readonly notes: SchemaNotes;
  readonly scanned: ScannedTimes;
}

export type Inspection = Inspected | { readonly report: Extract<FileReport, { state: 'left_out' }> };

export interface InspectOptions {
  readonly shelf: Shelf;
  readonly signal?: AbortSignal | undefined;
  /** Rows whose times may be kept. */
  readonly keepTimes: number;
}

/**
 * Reads a file's header and times, and of texts whose length only the values tell how long they are.
 * @returns the file, or why it is left out. Specification 7.5, rule 3
 */
export async function inspectFile({ file, path }: SelectedFile, rank: Rank, options: InspectOptions): Promise<Inspection> {
  const leftOut = ({ reason, message }: Pick<Unusable, 'reason' | 'message'>): Inspection => ({
    report: { state: 'left_out', file, reason, message: `${file.name} is left out. ${message}` },
  });
  try {
    const { size: sizeBytes } = await stat(path);
    return await options.shelf.use(path, async (opened) => {
      const header = readHeader(opened);
      const scanned = await scanTimes(opened, header, options);
      const { usable: rows, dropped, firstTime, lastTime } = scanned;
      if (rows === 0) throw new Unusable('empty', `It has ${header.rows} rows, none of them with a usable time`);
      if (scanned.stretches === null && header.rows > MOST_SORTED_ROWS)
        throw new Unusable('unfit', `Its times are in no order, and it has more than ${MOST_SORTED_ROWS} rows`);
      const textBytes = await measureTexts(opened, header, options.signal);
      const report = { state: 'read' as const, file, rows, dropped, firstTime, lastTime, sizeBytes };
      return { report, header, notes: notesOf(opened, header, rank, textBytes), scanned };
    });
  } catch (error) {
    if (error instanceof Unusable) return leftOut(error);
    if (errnoOf(error) === 'ENOENT') return leftOut({ reason: 'missing', message: 'It is listed, but it is not there' });
    if (isFailure(error, 'unreadable_file')) return leftOut({ reason: 'unreadable', message: messageOf(error) });
    throw error;
  }
}

const TEXTS_AT_ONCE = 200_000;

async function measureTexts(opened: NetcdfFile, header: FileHeader, signal?: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const longest = new Map<string, number>();
  for (const { name, type, inner } of header.variables.values()) {
    if (!isText(type) || type === 'char') continue;
    const rowsAtOnce = Math.max(1, Math.floor(TEXTS_AT_ONCE / inner.reduce((product, { size }) => product * size, 1)));
    let bytes = 0;
    for (let from = 0; from < header.rows; from += rowsAtOnce) {
      signal?.throwIfAborted();
      const count = Math.min(rowsAtOnce, header.rows - from);
      const [longestThere] = await opened.read([{ name, from, count, texts: { kind: 'longest' } }]);
      bytes = Math.max(bytes, Number(longestThere?.[0] ?? 0));
    }
    if (bytes > TEXT_BYTES) throw new Unusable('unfit', `It does not fit into a store: ${name} has a text of ${bytes} bytes`);
    longest.set(name, bytes);
  }
  return longest;
}
