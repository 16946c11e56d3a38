import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as zarrita from 'zarrita';
import { openStore } from '../../src/formats/zarr/open.ts';
import { readArray } from '../../src/formats/zarr/read.ts';
import { rawBytes } from '../../src/formats/zarr/values.ts';
import { type SeriesPlace, TABLE } from './series-place.ts';
import { folderStore } from './zarr-stores.ts';
import { bytesRead, zarritaStore } from './zarrita.ts';

/** What a reader sees at the live address: by variable, the bytes of each row as hexadecimal. Null: it does not open. */
export type View = Readonly<Record<string, readonly string[]>> | null;

/** Where a reader finds the live series now. */
async function address({ mode, folder, objects }: SeriesPlace): Promise<string | null> {
  if (mode !== 'pointer') return join(folder, TABLE);
  const found = await objects.get(`${TABLE}.current.json`);
  if (found === null) return null;
  const { root }: { readonly root: string } = JSON.parse(Buffer.from(found.bytes).toString());
  return join(folder, root);
}

/** By zarrita, through `.zmetadata`; and the same by our own reader. */
export async function viewOf(place: SeriesPlace, isForeign = true): Promise<View> {
  const root = await address(place);
  if (root === null) return null;
  const files = folderStore(root);
  const [metadata, group] = [await files.get('.zmetadata'), await files.get('.zgroup')];
  if (metadata === null && group === null) return null;
  const own = await openStore(files); // without .zmetadata as readers that fall back on the single documents
  const foreign = metadata === null || !isForeign ? null : await zarrita.withConsolidatedMetadata(zarritaStore(files), { format: 'v2' });
  const view: Record<string, readonly string[]> = {};
  for (const [name, ours] of own.arrays) {
    const rows = ours.shape[0] ?? 0;
    const bytes = Buffer.from(rawBytes(await readArray(files, ours)));
    if (foreign !== null && rows > 0) {
      const array = await zarrita.open.v2(zarrita.root(foreign).resolve(name), { kind: 'array' });
      assert.deepEqual([array.shape, await bytesRead(array)], [ours.shape, bytes]);
    }
    view[name] = Array.from({ length: rows }, (_, row) =>
      bytes.toString('hex', (row * bytes.length) / rows, ((row + 1) * bytes.length) / rows),
    );
  }
  return view;
}

/** A view shows the beginning of the old or of the new series, and at every time the old or the new value of it. */
export function assertOldOrNew(view: View, before: View, after: View): void {
  if (view === null) return;
  const { time = [] } = view;
  const isBeginningOf = (whole: View) => time.every((value, row) => whole?.time?.[row] === value);
  assert.ok(isBeginningOf(before) || isBeginningOf(after), 'times are those of the old or of the new series');
  const allowed = [before, after].map((whole) => new Map((whole?.time ?? []).map((value, row) => [value, row])));
  for (const [name, values] of Object.entries(view)) {
    assert.equal(values.length, time.length, `${name} is as long as time`);
    for (const [row, value] of values.entries()) {
      const known = [before, after].map((whole, side) => whole?.[name]?.[allowed[side]?.get(time[row] ?? '') ?? -1]);
      assert.ok(known.includes(value), `${name} at row ${row} is a value of that time`);
    }
  }
}
