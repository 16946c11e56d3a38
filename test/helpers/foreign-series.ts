import { withTextBytes } from '../../src/formats/zarr/array.ts';
import type { Fill } from '../../src/formats/zarr/fill.ts';
import type { JsonObject } from '../../src/formats/zarr/json.ts';
import { type ArrayPlan, newArray } from '../../src/formats/zarr/new-array.ts';
import type { Values } from '../../src/formats/zarr/values.ts';
import { chunksIn } from '../../src/stores/objects/chunks.ts';
import type { ObjectStore } from '../../src/stores/objects/contract.ts';
import { START } from './series.ts';
import { writeStore } from './zarr-written.ts';

export interface Foreign {
  readonly table?: string;
  readonly compressor?: JsonObject | null;
  readonly separator?: '.' | '/';
  /** Minutes. */
  readonly times?: readonly number[];
  readonly temperatureRows?: number;
  readonly spectraRows?: number;
  /** Further arrays, in the same codec. */
  readonly more?: readonly (Omit<ArrayPlan, 'compressor' | 'fill'> & { readonly values: Values; readonly fill?: Fill })[];
}

/** Writes a store to the table's address as another program would: ten rows in chunks of four. */
export async function writeForeign(objects: ObjectStore, given: Foreign): Promise<void> {
  const {
    table = 'T',
    compressor = null,
    separator = '.',
    times = [...Array(10).keys()],
    temperatureRows = 10,
    spectraRows = 10,
    more = [],
  } = given;
  const plan = { compressor, fill: null, dimensions: ['time'] };
  const units = { units: 'seconds since 1900-01-01 0:0:0', calendar: 'gregorian' };
  const time = newArray({ ...plan, name: 'time', type: '<f8', shape: [times.length], chunks: [4], attributes: units });
  const temperature = newArray({ ...plan, name: 'temperature', type: '<f4', shape: [temperatureRows], chunks: [4], fill: Number.NaN });
  const spectra = newArray({
    ...plan,
    name: 'spectra',
    type: '<u2',
    shape: [spectraRows, 2],
    dimensions: ['time', 'wavelength'],
    chunks: [4, 2],
  });
  await writeStore(
    chunksIn(objects, table),
    [
      { array: { ...time, separator }, values: Float64Array.from(times, (minute) => START + 60 * minute) },
      { array: { ...temperature, separator }, values: Float32Array.from({ length: temperatureRows }, (_, i) => i) },
      { array: { ...spectra, separator }, values: Uint16Array.from({ length: 2 * spectraRows }, (_, i) => i) },
      ...more.map(({ values, fill = null, ...array }) => {
        const made = { ...newArray({ ...plan, fill, ...array }), separator };
        return { array: withTextBytes(made, values.byteLength / (made.shape[0] ?? 1)), values };
      }),
    ],
    { title: 'another program' },
  );
}
