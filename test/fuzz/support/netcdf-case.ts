import assert from 'node:assert/strict';
import { isFailure } from '../../../src/errors.ts';
import type { NetcdfFile } from '../../../src/formats/netcdf/file.ts';
import { type OpenOptions, openNetcdf } from '../../../src/formats/netcdf/open.ts';

export type Outcome = 'read' | 'refused' | 'ended after the time bound';

/**
 * Opens a file from memory, decodes every attribute and reads every variable.
 * @throws whatever is not the failure `unreadable_file`
 */
export async function readWhole(path: string, options: OpenOptions & { readonly bytes: Uint8Array }): Promise<Outcome> {
  try {
    const file = await openNetcdf(path, options);
    await readEverything(file);
    await file.close();
    return 'read';
  } catch (error) {
    if (!isFailure(error, 'unreadable_file')) throw error;
    assert.equal(error.kind, 'stop');
    assert.ok(error.message.startsWith(`${path} cannot be read as NetCDF: `), error.message);
    return /the HDF5 library took more than/.test(error.message) ? 'ended after the time bound' : 'refused';
  }
}

async function readEverything(file: NetcdfFile): Promise<void> {
  const names = [...file.variables.values()].map(({ name, attributes }) => {
    assert.ok(attributes.size >= 0);
    return name;
  });
  assert.ok(file.attributes.size >= 0);
  const values = await file.read(names.map((name) => ({ name })));
  for (const [i, variable] of [...file.variables.values()].entries()) {
    assert.equal(
      values[i]?.length,
      variable.dimensions.reduce((length, { size }) => length * size, 1),
    );
  }
}
