import { isFailure } from '../../errors.ts';
import { type CsvSheet, readSheet, tableOfSheet } from './csv-table.ts';
import type { Made, Omission, Table } from './table.ts';

/** The sheets of the shared spreadsheet. Specification 8.1. */
export const CAVA_SHEETS = [
  'arrays',
  'areas',
  'sites',
  'infrastructures',
  'instruments',
  'streams',
  'parameters',
  'instrument-groups',
  'dataproduct-groups',
  'dataproducts',
  'poe',
] as const;
export type CavaSheet = (typeof CAVA_SHEETS)[number];

/** Page numbers and names of mappings look like numbers in some rows. */
const TEXT_COLUMNS = ['wp_page', 'wp_mapping'];

export type CavaTables = ReadonlyMap<CavaSheet, Table>;

/**
 * The tables `cava_<sheet>` of a spreadsheet that is a folder of CSV files, one for each sheet.
 *
 * @param read the text of `<sheet>.csv`, whatever the case of its name; null where there is none
 * @returns the tables by sheet; a sheet that is missing or cannot be read is among the omissions, and hurts no other
 */
export async function cavaTables(read: (sheet: CavaSheet) => Promise<string | null>): Promise<Made<CavaTables>> {
  const tables = new Map<CavaSheet, Table>();
  const omissions: Omission[] = [];
  for (const sheet of CAVA_SHEETS) {
    const found = await readOne(sheet, read);
    if (typeof found === 'string') omissions.push({ what: `cava_${sheet}`, why: found });
    else tables.set(sheet, tableOfSheet(`cava_${sheet}`, found, TEXT_COLUMNS));
  }
  return { value: tables, omissions };
}

async function readOne(sheet: CavaSheet, read: (sheet: CavaSheet) => Promise<string | null>): Promise<CsvSheet | string> {
  try {
    const text = await read(sheet);
    return text === null ? `there is no ${sheet}.csv in the folder of the spreadsheet` : readSheet(text, `${sheet}.csv`);
  } catch (error) {
    if (!isFailure(error) || error.kind !== 'stop') throw error;
    return error.message;
  }
}
