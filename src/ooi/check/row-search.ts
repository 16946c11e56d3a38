import { type RowRange, rowsOf } from '../../formats/zarr/grid.ts';
import { readTimes, type SeriesView, timeArrayOf } from '../report/series-view.ts';
import { firstNotBelow } from '../report/time-text.ts';

/** The rows of a store whose times, in seconds since 1900, are within a stretch, both ends included. Times must ascend. */
export async function rowsWithin(view: SeriesView, from: number, to: number): Promise<RowRange> {
  const begin = await firstRow(view, (time) => time >= from);
  return { from: begin, to: Math.max(begin, await firstRow(view, (time) => time > to)) };
}

/** The first row that a condition holds for, which holds for all rows behind it too. Reads a chunk for every halving of their number. */
async function firstRow(view: SeriesView, holds: (time: number) => boolean): Promise<number> {
  const time = timeArrayOf(view);
  const [rows, chunkRows] = [rowsOf(time), time.chunks[0] ?? 1];
  let [low, high] = [0, Math.ceil(rows / chunkRows)];
  while (low < high) {
    const middle = (low + high) >> 1;
    const [first = Number.NaN] = await readTimes(view, { from: middle * chunkRows, to: middle * chunkRows + 1 });
    if (holds(first)) high = middle;
    else low = middle + 1;
  }
  const chunk = Math.max(0, low - 1) * chunkRows;
  const end = Math.min(rows, chunk + chunkRows);
  const times = await readTimes(view, { from: chunk, to: end });
  return (
    chunk +
    firstNotBelow(
      times.map((one) => (holds(one) ? 1 : 0)),
      1,
    )
  );
}
