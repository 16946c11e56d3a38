/** A stretch of a file's rows with usable, strictly ascending times. */
export interface Stretch {
  readonly from: number;
  readonly count: number;
  readonly firstTime: number;
  readonly lastTime: number;
}

/** A file with more stretches than this is sorted as a whole; its stretches, which may be as many as its rows, are not kept. */
export const STRETCHES = 64;

/** The stretches of a file whose times are seen piece by piece. */
export class Stretches {
  readonly #kept: Stretch[] = [];
  #last: Stretch | null = null;
  /** Rows with a usable time. */
  usable = 0;
  firstTime = Number.POSITIVE_INFINITY;
  lastTime = Number.NEGATIVE_INFINITY;

  /** null: more than `STRETCHES`. */
  get all(): readonly Stretch[] | null {
    const all = this.#last === null ? this.#kept : [...this.#kept, this.#last];
    return all.length > STRETCHES ? null : all;
  }

  /** @param times of rows from `from` on, which follow those seen before; NaN: no usable one */
  see(times: Float64Array, from: number): void {
    for (let start = 0; start < times.length; ) {
      const firstTime = times[start] ?? Number.NaN;
      const end = endOfStretch(times, start);
      if (!Number.isNaN(firstTime))
        this.#add({ from: from + start, count: end - start, firstTime, lastTime: times[end - 1] ?? Number.NaN });
      start = end;
    }
  }

  #add(stretch: Stretch): void {
    const last = this.#last;
    const goesOn = last !== null && last.from + last.count === stretch.from && last.lastTime < stretch.firstTime;
    if (last !== null && !goesOn && this.#kept.length <= STRETCHES) this.#kept.push(last);
    this.#last = goesOn ? { ...stretch, from: last.from, count: last.count + stretch.count, firstTime: last.firstTime } : stretch;
    this.usable += stretch.count;
    this.firstTime = Math.min(this.firstTime, stretch.firstTime);
    this.lastTime = Math.max(this.lastTime, stretch.lastTime);
  }
}

/** The row behind the ascending times that begin at `start`. */
export function endOfStretch(times: Float64Array, start: number): number {
  let end = start + 1;
  while (end < times.length && (times[end - 1] ?? Number.NaN) < (times[end] ?? Number.NaN)) end += 1;
  return end;
}

/**
 * Stretches in their order, joined to what ascends together: where one begins with the very time that the one before ends with, as repeated
 * rows do, that last row is left out, for of rows with one time the later one stays.
 */
export function joined(stretches: readonly Stretch[]): readonly (readonly Stretch[])[] {
  const groups: Stretch[][] = [];
  for (const stretch of stretches) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    if (group === undefined || before === undefined || !(before.lastTime <= stretch.firstTime)) {
      groups.push([stretch]);
      continue;
    }
    if (before.lastTime === stretch.firstTime) group.pop();
    if (before.lastTime === stretch.firstTime && before.count > 1) group.push({ ...before, count: before.count - 1 });
    group.push(stretch);
  }
  return groups;
}

/** Rows that lie side by side in a file. */
export interface RowRange {
  readonly from: number;
  readonly count: number;
  /** Position among all rows that were asked for. */
  readonly at: number;
}

export const rowsOf = (parts: readonly Pick<RowRange, 'count'>[]): number => parts.reduce((sum, { count }) => sum + count, 0);

/** Where rows `from` to `from + count - 1` of stretches, counted through, lie in their file. */
export function rangesOf(stretches: readonly Stretch[], from: number, count: number): readonly RowRange[] {
  const ranges: RowRange[] = [];
  let begin = 0;
  for (const stretch of stretches) {
    const first = Math.max(from, begin);
    const rows = Math.min(from + count, begin + stretch.count) - first;
    if (rows > 0) ranges.push({ from: stretch.from + first - begin, count: rows, at: first - from });
    begin += stretch.count;
  }
  return ranges;
}
