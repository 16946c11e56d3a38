import type { Gap } from '../intervals.ts';
import type { Envelope } from './envelope.ts';
import { px } from './svg.ts';

export interface LineOptions {
  readonly envelope: Envelope;
  /** Rows by column. */
  readonly rows: Uint32Array;
  /** In the order of time. */
  readonly gaps: readonly Gap[];
  readonly extent: readonly [from: number, to: number];
  /** Where the first column is. */
  readonly left: number;
  readonly y: (value: number) => number;
}

/** The path of a thinned series: a stroke from the least to the greatest value of each column, joined where nothing is missing between. */
export function linePath({ envelope: { min, max }, rows, gaps, extent, left, y }: LineOptions): string {
  const isBroken = breaksOf(rows, gaps, extent);
  let [path, last, lastY] = ['', -1, 0];
  for (let pixel = 0; pixel < min.length; pixel++) {
    const [low, high] = [min[pixel] ?? 0, max[pixel] ?? 0];
    if (low > high) continue;
    const [a, b] = [y(low), y(high)];
    const [near, far] = Math.abs(a - lastY) <= Math.abs(b - lastY) ? [a, b] : [b, a];
    const x = px(left + pixel + 0.5);
    path += last >= 0 && !isBroken(last, pixel) ? `L${x} ${px(near)}` : `M${x} ${px(near)}h0`;
    if (Math.abs(far - near) >= 0.01) path += `V${px(far)}`;
    [last, lastY] = [pixel, far];
  }
  return path;
}

/** Whether the line between two columns would cross a gap, or rows without a value. */
function breaksOf(rows: Uint32Array, gaps: readonly Gap[], [from, to]: readonly [number, number]): (a: number, b: number) => boolean {
  const width = (to - from) / rows.length;
  const wide = gaps.filter(({ after, before }) => before - after > width);
  let next = 0;
  return (a, b) => {
    for (let pixel = a + 1; pixel < b; pixel++) if ((rows[pixel] ?? 0) > 0) return true;
    while (next < wide.length && (wide[next]?.before ?? 0) <= from + a * width) next++;
    const gap = wide[next];
    return gap !== undefined && gap.after < from + (a + 1) * width && gap.before >= from + b * width;
  };
}
