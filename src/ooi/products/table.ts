/** `whole`: INT64; `number`: DOUBLE. */
export type ColumnType = 'text' | 'flag' | 'whole' | 'number';

export type Cell = string | number | boolean | null;

export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** A table as it is published: each row has a cell for each column; null where nothing is known. */
export interface Table {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What a product was made without, and why: it goes into the run's result, so that nothing is left out silently. */
export interface Omission {
  /** The stream, instrument, sheet or store. */
  readonly what: string;
  readonly why: string;
}

/** A part of a job's work and what it had to leave out. */
export interface Made<T> {
  readonly value: T;
  readonly omissions: readonly Omission[];
}

/** A table of records whose columns are given; a field that a record lacks is null. */
export function tableOf<Row extends Readonly<Record<string, Cell>>>(
  name: string,
  columns: Readonly<Record<keyof Row & string, ColumnType>>,
  records: readonly Row[],
): Table {
  const listed = Object.entries<ColumnType>(columns).map(([column, type]) => ({ name: column, type }));
  return { name, columns: listed, rows: records.map((record) => listed.map((column) => record[column.name] ?? null)) };
}

/**
 * A table of records as they came, one column for each field that any of them has, in the order in which they first appear. What is neither
 * text, number nor flag is kept as its JSON text.
 */
export function tableOfAny(name: string, records: readonly Readonly<Record<string, unknown>>[]): Table {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const columns = names.map((column) => ({ name: column, type: typeOf(records.map((record) => record[column])) }));
  return { name, columns, rows: records.map((record) => columns.map((column) => cellOf(record[column.name], column.type))) };
}

function typeOf(values: readonly unknown[]): ColumnType {
  const given = values.filter((value) => value !== null && value !== undefined);
  if (given.length === 0) return 'text';
  if (given.every((value) => typeof value === 'boolean')) return 'flag';
  if (given.every((value) => Number.isSafeInteger(value))) return 'whole';
  return given.every((value) => typeof value === 'number') ? 'number' : 'text';
}

function cellOf(value: unknown, type: ColumnType): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (type !== 'text' && (typeof value === 'boolean' || typeof value === 'number')) return value;
  return JSON.stringify(value);
}
