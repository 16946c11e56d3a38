import { chunkRowsOf } from '../../formats/zarr/grid.ts';
import type { Generation } from './contract.ts';
import { readTimes, timeOf } from './stored-source.ts';

/** The first row whose time is not before `time`; the number of rows when there is none. Reads as few chunks as it can, the last ones first. */
export async function firstRowFrom({ group, chunks, state }: Generation, time: number): Promise<number> {
  const array = timeOf(group);
  const rows = array.shape[0] ?? 0;
  if (rows === 0 || state.lastTime === null || time > state.lastTime) return rows;
  const length = chunkRowsOf(array);
  const beginsBefore = async (chunk: number): Promise<boolean> => ((await readTimes(chunks, group, chunk * length, 1))[0] ?? 0) < time;
  const last = Math.ceil(rows / length) - 1;
  let chunk = last;
  if (!(await beginsBefore(last))) {
    let [low, high] = [0, last];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (await beginsBefore(middle)) low = middle + 1;
      else high = middle;
    }
    chunk = Math.max(0, low - 1);
  }
  const from = chunk * length;
  return from + lowerBound(await readTimes(chunks, group, from, Math.min(length, rows - from)), time);
}

/** The first position of ascending times that is not before `time`. */
export function lowerBound(times: Float64Array, time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
