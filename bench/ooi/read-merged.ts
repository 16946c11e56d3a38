import { mergeSources } from '../../src/ooi/files/merge.ts';
import { release } from '../../src/ooi/files/release.ts';
import type { SeriesInput, SeriesPlan } from '../../src/ooi/series.ts';
import { atOnce } from '../../src/ooi/store/at-once.ts';
import { CHUNKS_AT_ONCE } from '../../src/ooi/store/write-chunks.ts';

/** Reads every column of the merged rows, and forgets it; how many rows there are. */
export async function readMerged({ sources, plan }: Pick<SeriesInput, 'sources'> & { readonly plan: SeriesPlan }): Promise<number> {
  const columns = plan.columns.filter(({ isOnTime }) => isOnTime);
  let rows = 0;
  for await (const window of mergeSources(sources)) {
    await atOnce(CHUNKS_AT_ONCE, columns, async (column) => release(await window.values(column, 0, window.rows)));
    rows += window.rows;
  }
  return rows;
}
