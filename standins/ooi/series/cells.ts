import type { Column, NumberColumn, NumberType, TextColumn } from './columns.ts';
import { keyOf, noise } from './noise.ts';
import type { Row } from './rows.ts';
import { secondsOf } from './timeline.ts';

export type Cells = Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array;

const ARRAYS: Readonly<Record<NumberType, new (length: number) => Cells>> = {
  '<f4': Float32Array,
  '<f8': Float64Array,
  '|i1': Int8Array,
  '<i2': Int16Array,
  '<i4': Int32Array,
  '|u1': Uint8Array,
  '<u2': Uint16Array,
  '<u4': Uint32Array,
};

export const newCells = (type: NumberType, length: number): Cells => new ARRAYS[type](length);

/** Where rows come from. */
export interface Source {
  readonly streamKey: number;
  readonly deployment: number;
}

const FLAGS = [1, 1, 1, 2, 3, 4, 9];
/** Values that are not there. */
const FILL_SHARE = 0.01;

/** A column of a file, rows in file order. */
export function numbers(column: NumberColumn, { streamKey, deployment }: Source, rows: readonly Row[]): Cells {
  const width = column.inner?.size ?? 1;
  const cells = newCells(column.type, rows.length * width);
  const key = keyOf(streamKey, column.name, deployment);
  rows.forEach((row, index) => {
    const place = { key, deployment, row, swung: swing(row.us) };
    for (let at = 0; at < width; at += 1) cells[index * width + at] = cell(column, place, at);
  });
  return cells;
}

interface Place {
  readonly key: number;
  readonly deployment: number;
  readonly row: Row;
  readonly swung: number;
}

function cell({ role, fill, base, step, inner }: NumberColumn, { key, deployment, row, swung }: Place, at: number): number {
  if (role === 'time') return base === 0 || row.bad !== null ? timeOf(row) : (row.us - base * 1e6) / 1e6;
  if (role === 'deployment') return deployment;
  if (role === 'constant') return base;
  const chance = noise(key, row.grid * 4 + row.copy * 2 + row.version, at);
  if (role === 'flag') return FLAGS[Math.floor(chance * FLAGS.length)] ?? 1;
  if (fill !== null && (chance < FILL_SHARE || (inner !== null && at >= inner.size - 2))) return fill;
  return base + step * (swung + Math.floor(chance * 20));
}

const DAY_US = 86_400e6;
/** M2, the tide of the moon. */
const TIDE_US = 12.42 * 3600e6;

/** What a picture of a series shows besides noise: something slow, and a tide. Whole numbers from 0 to 80. */
const swing = (us: number): number =>
  40 + Math.round(25 * Math.sin((2 * Math.PI * us) / (20 * DAY_US)) + 15 * Math.sin((2 * Math.PI * us) / TIDE_US));

/** Seconds since 1900; what stands there is no time where the row has none. */
export const timeOf = ({ us, bad }: Row): number => (bad === null ? secondsOf(us) : bad === 'fill' ? -9999999 : Number.NaN);

export function texts(column: TextColumn, { streamKey, deployment }: Source, rows: readonly Row[]): readonly string[] {
  const key = keyOf(streamKey, column.name, deployment);
  return rows.map(
    ({ grid, copy, version }) => column.texts[Math.floor(noise(key, grid * 4 + copy * 2 + version) * column.texts.length)] ?? '',
  );
}

export const isText = (column: Column): column is TextColumn => column.kind === 'text';
