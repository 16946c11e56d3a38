import { withLength, type ZarrArray } from '../../src/formats/zarr/array.ts';
import {
  arrayAttributesDocument,
  arrayDocument,
  consolidatedDocument,
  groupAttributesDocument,
  groupDocument,
} from '../../src/formats/zarr/group.ts';
import type { ChunkRecord } from '../../src/formats/zarr/ledger.ts';
import { newArray } from '../../src/formats/zarr/new-array.ts';
import { readRows } from '../../src/formats/zarr/read.ts';
import { withBestShuffle } from '../../src/formats/zarr/trial.ts';
import { writeRows } from '../../src/formats/zarr/write.ts';
import { owning, release } from '../../src/ooi/files/release.ts';
import type { ColumnPlan, SeriesPlan, SeriesWindow } from '../../src/ooi/series.ts';
import { folderStore } from '../../test/helpers/zarr-stores.ts';

/** What is done with the merged windows; the writer of the product is one of these. */
export interface Sink {
  take(window: SeriesWindow): Promise<void>;
  /** When it returns everything is written and was read back. */
  end(): Promise<void>;
}

/** Columns worked on at the same time. */
const COLUMNS_AT_ONCE = 3;

async function eachColumn(plan: SeriesPlan, work: (column: ColumnPlan) => Promise<void>): Promise<void> {
  const queue = plan.columns.filter(({ isOnTime }) => isOnTime);
  await Promise.all(
    Array.from({ length: COLUMNS_AT_ONCE }, async () => {
      for (let column = queue.shift(); column !== undefined; column = queue.shift()) await work(column);
    }),
  );
}

/** Reads every column, and forgets it. */
export const readingOnly = (plan: SeriesPlan): Sink => ({
  take: (window) => eachColumn(plan, async (column) => release(await window.values(column, 0, window.rows))),
  end: async () => {},
});

/** The plainest writer: a fresh Zarr store, zstd-1, shuffled by trial; then every chunk read back against its digest. */
export function plainZarr(plan: SeriesPlan, folder: string): Sink {
  const store = folderStore(folder);
  const arrays = new Map<string, ZarrArray>();
  const records = new Map<string, readonly ChunkRecord[]>();
  const arrayOf = ({ name, type, fill, inner, attributes }: ColumnPlan): ZarrArray =>
    newArray({
      name,
      type,
      fill,
      attributes,
      shape: [0, ...inner.map(({ size }) => size)],
      dimensions: ['time', ...inner.map((dimension) => dimension.name)],
      compressor: { id: 'zstd', level: 1 },
    });
  let rows = 0;
  return {
    async take(window) {
      await eachColumn(plan, async (column) => {
        const values = await window.values(column, 0, window.rows);
        const array = arrays.get(column.name) ?? (await withBestShuffle(arrayOf(column), values));
        for (const record of await writeRows(store, array, { from: rows, values })) records.set(record.key, [record]);
        release(values);
        arrays.set(column.name, withLength(array, rows + window.rows));
      });
      rows += window.rows;
    },
    async end() {
      const group = { attributes: plan.attributes, arrays };
      const documents = [...arrays.values()].flatMap((array) => [arrayDocument(array), arrayAttributesDocument(array)]);
      for (const { key, bytes } of [groupDocument(), groupAttributesDocument(group), ...documents, consolidatedDocument(group)])
        await store.set(key, bytes);
      await eachColumn(plan, async ({ name }) => {
        const array = arrays.get(name);
        const step = array?.chunks[0] ?? rows;
        for (let from = 0; array !== undefined && from < rows; from += step) {
          const values = await readRows(store, array, { from, to: Math.min(rows, from + step) }, { ledger: records });
          if (name === 'time' && values.some((value, i) => i > 0 && !(value > (values[i - 1] ?? 0))))
            throw new Error('Times do not ascend.');
          release(owning(values));
        }
      });
    },
  };
}
