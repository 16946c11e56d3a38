import { Failure } from '../../errors.ts';
import type { ObjectStore, WriteOptions } from '../../stores/objects/contract.ts';
import { parquetParts } from './parquet.ts';
import type { Table } from './table.ts';

export interface PublishedTable {
  readonly table: string;
  readonly rows: number;
  readonly parts: number;
  /** Parts that were not what they had been. */
  readonly changed: number;
  readonly bytes: number;
}

const partKey = (folder: string, part: number): string => `${folder}/part.${part}.parquet`;

/**
 * Puts a table in the place of the one before: `<table>/part.<n>.parquet`. All parts are written beside and read back first
 * (`<table>.next/`), then each takes its place whole, then what the old table had more is deleted. Called again after a kill it ends
 * the same. A table of one part changes in one step; of several, a reader in the moments between two copies finds parts of both.
 *
 * @throws {Failure} `damaged_table` (again): a part reads back otherwise than it was written.
 */
export async function publishTable(objects: ObjectStore, table: Table, options: WriteOptions = {}): Promise<PublishedTable> {
  const beside = `${table.name}.next`;
  const changed: number[] = [];
  let parts = 0;
  let bytes = 0;
  for (const part of parquetParts(table)) {
    if (!(await isStored(objects, partKey(table.name, parts), part, options))) {
      await putChecked(objects, partKey(beside, parts), part, options);
      changed.push(parts);
    }
    parts += 1;
    bytes += part.byteLength;
  }
  for (const part of changed) await objects.copy(partKey(beside, part), partKey(table.name, part), options);
  await deleteAll(objects, `${table.name}/`, (key) => partOf(key, table.name) >= parts, options);
  await deleteAll(objects, `${beside}/`, () => true, options);
  return { table: table.name, rows: table.rows.length, parts, changed: changed.length, bytes };
}

async function isStored(objects: ObjectStore, key: string, bytes: Uint8Array, options: WriteOptions): Promise<boolean> {
  const found = await objects.get(key, options);
  return found !== null && Buffer.compare(found.bytes, bytes) === 0;
}

async function putChecked(objects: ObjectStore, key: string, bytes: Uint8Array, options: WriteOptions): Promise<void> {
  await objects.put(key, bytes, { ...options, contentType: 'application/vnd.apache.parquet' });
  if (await isStored(objects, key, bytes, options)) return;
  throw new Failure({ kind: 'again', code: 'damaged_table', happened: `${key} in ${objects.place} reads otherwise than it was written` });
}

/** The number of a part; of what is no part of the table, -1. */
const partOf = (key: string, table: string): number => Number(/^part\.(\d+)\.parquet$/.exec(key.slice(table.length + 1))?.[1] ?? -1);

async function deleteAll(objects: ObjectStore, prefix: string, isMeant: (key: string) => boolean, options: WriteOptions): Promise<void> {
  for await (const { key } of objects.list(prefix, options)) if (isMeant(key)) await objects.delete(key, options);
}
