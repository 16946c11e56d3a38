import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { NetCDFReader } from 'netcdfjs';
import { detectContainer, openNetcdf } from '../../../src/formats/netcdf/open.ts';

const TREE = join(import.meta.dirname, '../../../../shared/data/argo/gdac');
const skip = existsSync(TREE) ? false : 'the sample tree ../shared/data/argo is not here';

/** CDF-5 and HDF5 are beyond netcdfjs; two derived files of the tree are no NetCDF, one is cut short. */
const NOT_NETCDF: ReadonlySet<string> = new Set(['D9990033_001.nc', 'D9990034_001.nc', 'D9990035_001.nc']);

const paths = globSync('**/*.nc', { cwd: TREE }).filter((path) => {
  const container = detectContainer(readFileSync(join(TREE, path)).subarray(0, 8));
  return (container === 'classic' || container === 'offset64') && !NOT_NETCDF.has(path.split('/').at(-1) ?? '');
});

/**
 * What netcdfjs can be held to: it counts the padding behind values among them, loses NULs at the end of text and takes bytes as signed.
 * Text comes out as one string, numbers as a list.
 */
function comparable(cells: readonly unknown[], rows: number, isText: boolean, other: readonly unknown[]) {
  const rowLength = cells.length / rows;
  const theirs =
    rows === other.length
      ? other.flatMap((row) => [...(Array.isArray(row) || typeof row === 'string' ? row : [row])].slice(0, rowLength))
      : other;
  const same = theirs.slice(0, cells.length);
  const text = (row: readonly unknown[]) => Buffer.from(row.join(''), 'latin1').toString('latin1').replaceAll('\0', '');
  return isText ? [text(cells), text(same)] : [cells, same];
}

async function assertSame(path: string): Promise<number> {
  const bytes = readFileSync(join(TREE, path));
  const other = new NetCDFReader(bytes);
  const ours = await openNetcdf(path, { bytes });
  const names = other.variables.map(({ name }) => name);
  const values = await ours.read(names.map((name) => ({ name })));

  assert.deepEqual([...ours.variables.keys()], names, path);
  for (const [i, name] of names.entries()) {
    const theirs: readonly unknown[] = other.getDataVariable(name);
    const variable = ours.variables.get(name);
    const isText = variable?.type === 'char';
    const cells = Array.from<string | number | bigint>(values[i] ?? []).map((cell) => (isText ? String.fromCharCode(Number(cell)) : cell));
    const [found, expected] = comparable(cells, variable?.dimensions[0]?.size ?? 1, isText, theirs);
    assert.deepEqual(found, expected, `${path} ${name}`);
  }
  return names.length;
}

test('every value of every classic file of the Argo sample is what netcdfjs reads', { skip }, async () => {
  let variables = 0;

  for (const path of paths) variables += await assertSame(path);

  assert.ok(paths.length > 250 && variables > 10_000, `${paths.length} files, ${variables} variables`);
});
