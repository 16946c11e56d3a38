import { badCsv, parseCsv } from './csv.ts';
import type { Cell, ColumnType, Table } from './table.ts';

/** What the first line of a CSV names, and the lines below it, each of that length. */
export interface CsvSheet {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** @throws {Failure} `bad_csv` (stop) */
export function readSheet(text: string, source: string): CsvSheet {
  const [header, ...lines] = parseCsv(text, source);
  if (header === undefined) throw badCsv(source, 1, 'is not there: the file is empty');
  const columns = header.fields.map((name) => name.trim());
  const wrong = columns.find((name, at) => name === '' || columns.indexOf(name) !== at);
  if (wrong !== undefined) throw badCsv(source, 1, wrong === '' ? 'has a column without a name' : `names the column ${wrong} twice`);
  const ragged = lines.find(({ fields }) => fields.length !== columns.length);
  if (ragged !== undefined) throw badCsv(source, ragged.line, `has ${ragged.fields.length} values for ${columns.length} columns`);
  return { columns, rows: lines.map(({ fields }) => fields) };
}

/**
 * The sheet as a table: a column of TRUE and FALSE is of flags, one of numbers of numbers, every other is text as it is written. Empty
 * cells are null, in text columns empty text.
 */
export function tableOfSheet(name: string, { columns, rows }: CsvSheet, textColumns: readonly string[] = []): Table {
  const types = columns.map((column, at) => (textColumns.includes(column) ? 'text' : columnType(rows.map((row) => row[at] ?? ''))));
  return {
    name,
    columns: columns.map((column, at) => ({ name: column, type: types[at] ?? 'text' })),
    rows: rows.map((row) => row.map((written, at) => cell(written, types[at] ?? 'text'))),
  };
}

const FLAG = /^(?:TRUE|FALSE)$/;
/** Not `007` nor `1e999`: a number's text is read only where nothing of it is lost. */
const WHOLE = /^-?(?:0|[1-9]\d{0,14})$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$/;

function columnType(values: readonly string[]): ColumnType {
  const given = values.filter((value) => value !== '');
  if (given.length === 0) return 'text';
  if (given.every((value) => FLAG.test(value))) return 'flag';
  if (given.every((value) => WHOLE.test(value))) return 'whole';
  return given.every((value) => NUMBER.test(value)) ? 'number' : 'text';
}

function cell(written: string, type: ColumnType): Cell {
  if (type === 'text') return written;
  if (written === '') return null;
  return type === 'flag' ? written === 'TRUE' : Number(written);
}
