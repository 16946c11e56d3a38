import type { Values } from '../../formats/zarr/values.ts';
import type { ColumnPlan, OriginRun, SeriesWindow, SortedSource } from '../series.ts';
import { copyElements, rowElements, rowsToFill } from './convert.ts';
import { owning, release } from './release.ts';

/** Where the rows of a window come from: stretches of sources, in the window's order. */
export class Runs {
  readonly sources: number[] = [];
  readonly from: number[] = [];
  /** Row of the window behind each run. */
  readonly ends: number[] = [];

  get rows(): number {
    return this.ends.at(-1) ?? 0;
  }

  add(source: number, from: number, rows: number): void {
    const last = this.ends.length - 1;
    const start = this.startOf(last);
    if (last >= 0 && this.sources[last] === source && (this.from[last] ?? 0) + this.rows - start === from) {
      this.ends[last] = this.rows + rows;
      return;
    }
    this.ends.push(this.rows + rows);
    this.sources.push(source);
    this.from.push(from);
  }

  startOf(run: number): number {
    return run <= 0 ? 0 : (this.ends[run - 1] ?? 0);
  }

  /** The run that a row of the window is in. */
  runAt(row: number): number {
    let [low, high] = [0, this.ends.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.ends[middle] ?? 0) <= row) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

interface Parts {
  readonly rows: number;
  readonly times: Float64Array;
  readonly origins: readonly OriginRun[];
  readonly runs: Runs;
  readonly sources: readonly SortedSource[];
}

/** Sources that are read at the same time. */
const AT_ONCE = 4;

/** A window whose columns are read when asked for: from each source one range, which is scattered to where its rows stand. */
export function windowOf({ rows, times, origins, runs, sources }: Parts): SeriesWindow {
  return {
    rows,
    times,
    origins,
    async values(column, from, count) {
      if (column.name === 'time') return times.subarray(from, from + count);
      const parts = partsOf(runs, from, count);
      const [only] = parts;
      if (parts.length === 1 && only?.pieces.length === 1) return sourceOf(sources, only).values(column, only.from, only.end - only.from);
      const target = rowsToFill(column, count);
      const length = rowElements(column);
      const queue = [...parts];
      await Promise.all(
        Array.from({ length: Math.min(AT_ONCE, parts.length) }, async () => {
          for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
            await scatter(sourceOf(sources, part), column, part, target, length);
          }
        }),
      );
      return owning(target);
    },
  };
}

interface Part {
  readonly source: number;
  from: number;
  end: number;
  readonly pieces: { readonly from: number; readonly to: number; readonly rows: number }[];
}

/** One range of each source that rows `from` to `from + count - 1` of the window come from. */
function partsOf(runs: Runs, from: number, count: number): readonly Part[] {
  const parts = new Map<number, Part>();
  for (let run = runs.runAt(from); run < runs.ends.length && runs.startOf(run) < from + count; run++) {
    const start = Math.max(from, runs.startOf(run));
    const rows = Math.min(from + count, runs.ends[run] ?? 0) - start;
    const first = (runs.from[run] ?? 0) + start - runs.startOf(run);
    const source = runs.sources[run] ?? 0;
    const part = parts.get(source) ?? { source, from: first, end: first, pieces: [] };
    part.end = first + rows;
    part.pieces.push({ from: first, to: start - from, rows });
    parts.set(source, part);
  }
  return [...parts.values()];
}

/** Reads a part, and puts its rows where they stand: at once, or where they are not side by side there, through memory in between. */
async function scatter(
  source: SortedSource,
  column: ColumnPlan,
  { from, end, pieces }: Part,
  target: Values,
  length: number,
): Promise<void> {
  const [only] = pieces;
  if (source.fill !== undefined && pieces.length === 1 && only !== undefined) {
    await source.fill(target.subarray(only.to * length, (only.to + only.rows) * length), column, from, end - from);
    return;
  }
  const found = await source.values(column, from, end - from);
  for (const piece of pieces) copyElements(target, piece.to * length, found, (piece.from - from) * length, piece.rows * length);
  release(found);
}

function sourceOf(sources: readonly SortedSource[], { source }: Part): SortedSource {
  const found = sources[source];
  if (found === undefined) throw new Error(`There is no source ${source}.`);
  return found;
}
