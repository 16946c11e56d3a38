import type { Column } from '../tally.ts';

/** One series thinned to the columns of a picture: the least and the greatest value of each; infinite where there is none. */
export interface Envelope {
  readonly min: Float64Array;
  readonly max: Float64Array;
}

export type Side = 'old' | 'new';

interface Thinned {
  readonly old: Envelope;
  readonly new: Envelope;
  /** Rows that changed, by column. */
  readonly marks: Uint32Array;
}

/** Variables thinned for pictures while stores are read: some kilobytes each, however long they are. */
export class Envelopes {
  /** Seconds since 1900. */
  readonly extent: readonly [from: number, to: number];
  readonly pixels: number;
  /** Rows by column. */
  readonly rows: { readonly old: Uint32Array; readonly new: Uint32Array };
  readonly #variables = new Map<string, Thinned>();

  constructor(extent: readonly [from: number, to: number], pixels: number) {
    this.extent = extent;
    this.pixels = pixels;
    this.rows = { old: new Uint32Array(pixels), new: new Uint32Array(pixels) };
  }

  of(name: string): Thinned | null {
    return this.#variables.get(name) ?? null;
  }

  addTimes(side: Side, times: Float64Array): void {
    const rows = this.rows[side];
    const { start, scale } = this.#axis();
    for (const time of times) {
      const pixel = this.#pixel(time, start, scale);
      rows[pixel] = (rows[pixel] ?? 0) + 1;
    }
  }

  mark(name: string, time: number): void {
    const { start, scale } = this.#axis();
    const pixel = this.#pixel(time, start, scale);
    const { marks } = this.#thinned(name);
    marks[pixel] = (marks[pixel] ?? 0) + 1;
  }

  addValues(name: string, side: Side, times: Float64Array, rows: Int32Array, column: Column): void {
    if (column.kind === 'texts') return;
    const { values, width, fill } = column;
    const { min, max } = this.#thinned(name)[side];
    const { start, scale } = this.#axis();
    for (let at = 0; at < times.length; at++) {
      const pixel = this.#pixel(times[at] ?? 0, start, scale);
      const first = (rows[at] ?? 0) * width;
      for (let i = first; i < first + width; i++) {
        const value = values[i] ?? Number.NaN;
        if (value === fill || value - value !== 0) continue;
        if (value < (min[pixel] ?? 0)) min[pixel] = value;
        if (value > (max[pixel] ?? 0)) max[pixel] = value;
      }
    }
  }

  #axis(): { readonly start: number; readonly scale: number } {
    const [from, to] = this.extent;
    return { start: from, scale: to > from ? this.pixels / (to - from) : 0 };
  }

  #pixel(time: number, start: number, scale: number): number {
    return Math.max(0, Math.min(this.pixels - 1, Math.floor((time - start) * scale)));
  }

  #thinned(name: string): Thinned {
    const found = this.#variables.get(name);
    if (found !== undefined) return found;
    const made = { old: this.#envelope(), new: this.#envelope(), marks: new Uint32Array(this.pixels) };
    this.#variables.set(name, made);
    return made;
  }

  #envelope(): Envelope {
    return {
      min: new Float64Array(this.pixels).fill(Number.POSITIVE_INFINITY),
      max: new Float64Array(this.pixels).fill(Number.NEGATIVE_INFINITY),
    };
  }
}
