import { Failure } from '../../errors.ts';
import { readSheet, tableOfSheet } from './csv-table.ts';
import type { Table } from './table.ts';

const COLUMNS = [
  'reference_designator',
  'parameter_id_r',
  'parameter_id_t',
  'global_range_min',
  'global_range_max',
  'data_level',
  'units',
] as const;

/** Behind the seven: remarks of those who keep the list. */
const DROPPED = 3;

/** The table `global_ranges` of the public CSV: its first seven columns under names of ours, its last three dropped. @throws {Failure} `bad_csv` */
export function globalRanges(text: string): Table {
  const sheet = readSheet(text, 'the CSV of global ranges');
  if (sheet.columns.length !== COLUMNS.length + DROPPED) {
    throw new Failure({
      kind: 'stop',
      code: 'bad_csv',
      happened: `The CSV of global ranges has ${sheet.columns.length} columns`,
      expected: `${COLUMNS.length} that are kept (${COLUMNS.join(', ')}) and ${DROPPED} that are dropped`,
      remedy: 'Look at the file: its form has changed at its source',
    });
  }
  return tableOfSheet('global_ranges', { columns: COLUMNS, rows: sheet.rows.map((row) => row.slice(0, COLUMNS.length)) });
}
