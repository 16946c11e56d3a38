import { rawBytes } from '../../formats/zarr/values.ts';
import { type ColumnPlan, type SortedSource, WINDOW_ROWS } from '../series.ts';
import type { MergedRows } from './append-rows.ts';
import { typeOf, widthOf } from './column-type.ts';

/** Bytes of one column that are compared at a time. */
const COMPARED_BYTES = 16_000_000;

export interface ChangedRows {
  /** Rows at existing times of which any value differs. */
  readonly corrected: number;
  /** By column: chunks, as rows are numbered now, in which a value differs from what is stored. */
  readonly byColumn: ReadonlyMap<string, ReadonlySet<number>>;
}

/** Compares rows of another origin with what is stored, value by value; millions may differ, so what is kept of them is bounded by chunks. */
export async function changedRows(
  columns: readonly ColumnPlan[],
  stored: SortedSource,
  merged: Pick<MergedRows, 'contested' | 'values'>,
  chunkRowsOf: (column: ColumnPlan) => number,
): Promise<ChangedRows> {
  const { contested } = merged;
  const isChanged = new Uint8Array(contested.new.length);
  const byColumn = new Map<string, ReadonlySet<number>>();
  for (const column of columns) {
    const rowBytes = typeOf(column).bytes * widthOf(column);
    const span = Math.max(1, Math.min(WINDOW_ROWS, Math.floor(COMPARED_BYTES / Math.max(1, rowBytes))));
    const [chunks, step] = [new Set<number>(), chunkRowsOf(column)];
    for (let at = 0; at < contested.new.length; ) {
      const [oldFrom, newFrom] = [contested.old[at] ?? 0, contested.new[at] ?? 0];
      let end = at;
      while (end < contested.new.length && (contested.new[end] ?? 0) < newFrom + span) end++;
      const [oldCount, newCount] = [(contested.old[end - 1] ?? 0) - oldFrom + 1, (contested.new[end - 1] ?? 0) - newFrom + 1];
      const before = bufferOf(await stored.values(column, oldFrom, oldCount));
      const now = bufferOf(await merged.values(column, newFrom, newCount));
      for (; at < end; at++) {
        const [o, n] = [((contested.old[at] ?? 0) - oldFrom) * rowBytes, ((contested.new[at] ?? 0) - newFrom) * rowBytes];
        if (before.compare(now, n, n + rowBytes, o, o + rowBytes) === 0) continue;
        isChanged[at] = 1;
        chunks.add(Math.floor((contested.new[at] ?? 0) / step));
      }
    }
    byColumn.set(column.name, chunks);
  }
  return { corrected: isChanged.reduce((sum, one) => sum + one, 0), byColumn };
}

const bufferOf = (values: Parameters<typeof rawBytes>[0]): Buffer => {
  const { buffer, byteOffset, byteLength } = rawBytes(values);
  return Buffer.from(buffer, byteOffset, byteLength);
};
