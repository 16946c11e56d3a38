import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLength } from '../../src/formats/zarr/array.ts';
import { openStore } from '../../src/formats/zarr/open.ts';
import { readArray } from '../../src/formats/zarr/read.ts';
import { encodeRows } from '../../src/formats/zarr/write.ts';
import { folderStore } from './zarr-stores.ts';

/** Ways in which a generation in a folder comes to harm. `record`: the folder of what is known of it. */
export interface HarmedGeneration {
  readonly root: string;
  readonly record: string;
}

export const loseChunk = ({ root }: HarmedGeneration, key: string): void => rmSync(join(root, key));

export function damageChunk({ root }: HarmedGeneration, key: string): void {
  const bytes = readFileSync(join(root, key));
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(join(root, key), bytes);
}

/** Rows at the end are gone, and every document of the store agrees. */
export function loseRows({ root }: HarmedGeneration, count: number): void {
  const path = join(root, '.zmetadata');
  const document = JSON.parse(readFileSync(path, 'utf8'));
  for (const [key, value] of Object.entries<{ shape: number[] }>(document.metadata)) {
    const name = key.replace(/\/\.zarray$/, '');
    if (name === key || document.metadata[`${name}/.zattrs`]?._ARRAY_DIMENSIONS?.[0] !== 'time') continue;
    value.shape[0] = (value.shape[0] ?? 0) - count;
    writeFileSync(join(root, key), JSON.stringify(value));
  }
  writeFileSync(path, JSON.stringify(document));
}

/** Other values in the first chunk of an array of doubles, of which the record says that they were stored. */
export async function changeValues({ root, record }: HarmedGeneration, name: string): Promise<void> {
  const store = folderStore(root);
  const array = (await openStore(store)).arrays.get(name);
  const values = array === undefined ? null : await readArray(store, array);
  if (array === undefined || !(values instanceof Float64Array)) throw new TypeError(`${name} is no array of doubles`);
  const segment = join(record, 'rows/0');
  let text = readFileSync(segment, 'utf8');
  const changed = values.map((value) => value + 1);
  for await (const { key, bytes, record: known } of encodeRows({ get: async () => null }, withLength(array, 0), {
    from: 0,
    values: changed,
  })) {
    writeFileSync(join(root, key), bytes);
    text = text.replace(new RegExp(`\\["${key}",\\d+,"[0-9a-f]+"\\]`), JSON.stringify([key, known.length, known.sha256]));
  }
  writeFileSync(segment, text);
}
