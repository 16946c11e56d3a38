import { parseDataType } from '../../formats/zarr/data-type.ts';
import { rawBytes, roomFor, type Values } from '../../formats/zarr/values.ts';
import { compareRanks, type Rank } from '../order.ts';
import { type ColumnPlan, type OriginRun, type SchemaNotes, type SeriesPlan, type SeriesWindow, type SortedSource, WINDOW_ROWS } from '../series.ts';
import { widthOf } from './absent.ts';

interface Pick {
  readonly source: SortedSource;
  readonly row: number;
}

class Cursor {
  readonly source: SortedSource;
  row = 0;
  private base = 0;
  private times = new Float64Array();
  private ranks: Rank[] = [];
  constructor(source: SortedSource) {
    this.source = source;
  }
  get isEnded(): boolean {
    return this.row >= this.source.rows;
  }
  async fill(): Promise<void> {
    if (this.isEnded || this.row < this.base + this.times.length) return;
    this.base = this.row;
    const count = Math.min(50_000, this.source.rows - this.row);
    this.times = new Float64Array(await this.source.times(this.base, count));
    this.ranks = [];
    for (const { rows, origin } of await this.source.origins(this.base, count)) for (let i = 0; i < rows; i++) this.ranks.push(origin);
  }
  get time(): number {
    return this.times[this.row - this.base] ?? Number.NaN;
  }
  get rank(): Rank {
    const rank = this.ranks[this.row - this.base];
    if (rank === undefined) throw new TypeError('every row has an origin');
    return rank;
  }
}

export async function* mergeSources(sources: readonly SortedSource[]): AsyncGenerator<SeriesWindow> {
  const cursors = sources.map((source) => new Cursor(source));
  let times: number[] = [];
  let picks: Pick[] = [];
  let origins: OriginRun[] = [];
  for (;;) {
    for (const cursor of cursors) await cursor.fill();
    const alive = cursors.filter((cursor) => !cursor.isEnded);
    if (alive.length === 0) break;
    const least = Math.min(...alive.map(({ time }) => time));
    const equal = alive.filter(({ time }) => time === least);
    const best = equal.reduce((a, b) => (compareRanks(b.rank, a.rank) >= 0 ? b : a));
    times.push(least);
    picks.push({ source: best.source, row: best.row });
    origins.push({ rows: 1, origin: best.rank });
    for (const cursor of equal) cursor.row++;
    if (times.length === WINDOW_ROWS) {
      yield windowOf(times, picks, origins);
      [times, picks, origins] = [[], [], []];
    }
  }
  if (times.length > 0) yield windowOf(times, picks, origins);
}

const windowOf = (times: readonly number[], picks: readonly Pick[], origins: readonly OriginRun[]): SeriesWindow => ({
  rows: times.length,
  times: Float64Array.from(times),
  origins,
  async values(column: ColumnPlan, from: number, count: number): Promise<Values> {
    const type = parseDataType(column.name, column.type);
    const rowBytes = type.bytes * widthOf(column);
    const values = roomFor(type, count * widthOf(column));
    const to = rawBytes(values);
    for (let at = from; at < from + count; ) {
      const first = picks[at];
      if (first === undefined) throw new RangeError('rows outside the window');
      let end = at + 1;
      while (end < from + count && picks[end]?.source === first.source && picks[end]?.row === first.row + end - at) end++;
      to.set(rawBytes(await first.source.values(column, first.row, end - at)), (at - from) * rowBytes);
      at = end;
    }
    return values;
  },
});

/** Stand-ins until the rules of files are here: plans as plain columns. */
export const joinNotes = (a: SchemaNotes, b: SchemaNotes): SchemaNotes => ({
  variables: { ...a.variables, ...b.variables },
  attributes: { ...a.attributes, ...b.attributes },
  extent: { ...a.extent, ...b.extent },
});

export function planOf(notes: SchemaNotes, _options: { readonly maximum?: Readonly<Record<string, number>> } = {}): SeriesPlan {
  const columns = Object.entries(notes.variables).map(([name, { types, inner, isOnTime, attributes }]): ColumnPlan => {
    const [type = '<f8', about] = Object.entries(types)[0] ?? [];
    const fill = typeof about?.fill?.value === 'number' ? about.fill.value : null;
    return {
      name,
      type,
      isOnTime,
      inner,
      fill,
      absent: { kind: 'value', value: fill },
      attributes: Object.fromEntries(Object.entries(attributes).map(([key, { value }]) => [key, value])),
    };
  });
  return {
    columns: columns.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    attributes: Object.fromEntries(Object.entries(notes.attributes).map(([key, { value }]) => [key, value])),
  };
}
