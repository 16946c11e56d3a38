import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import type { Cell, ColumnType, Table } from './table.ts';

/** Rows of one part of a table. Specification 8.1. */
export const ROWS_PER_PART = 1_000;

const TYPES: Readonly<Record<ColumnType, NonNullable<ColumnSource['type']>>> = {
  text: 'STRING',
  flag: 'BOOLEAN',
  whole: 'INT64',
  number: 'DOUBLE',
};

/** The table's Parquet files, in order; a table without rows is one file that has its columns. The same table gives the same bytes. */
export function* parquetParts(table: Table): Generator<Uint8Array> {
  const parts = Math.max(1, Math.ceil(table.rows.length / ROWS_PER_PART));
  for (let part = 0; part < parts; part += 1) {
    const rows = table.rows.slice(part * ROWS_PER_PART, (part + 1) * ROWS_PER_PART);
    const columnData = table.columns.map(({ name, type }, at) => ({
      name,
      type: TYPES[type],
      nullable: true,
      data: rows.map((row) => written(row[at] ?? null, type)),
    }));
    yield new Uint8Array(parquetWriteBuffer({ columnData, createdBy: 'landfall' }));
  }
}

const written = (cell: Cell, type: ColumnType): Cell | bigint => (type === 'whole' && typeof cell === 'number' ? BigInt(cell) : cell);
