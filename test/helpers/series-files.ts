import { rename } from 'node:fs/promises';
import * as h5wasm from 'h5wasm/node';

type Data =
  | Float64Array
  | Float32Array
  | Int32Array
  | Int16Array
  | Uint16Array
  | Uint8Array
  | Int8Array
  | BigInt64Array
  | readonly string[];

export interface WrittenVariable {
  readonly data: Data;
  readonly shape?: readonly number[];
  /** `S1` for characters. */
  readonly type?: string;
  readonly attributes?: Readonly<Record<string, string | number | Data>>;
}

export const SECONDS_1900 = { units: 'seconds since 1900-01-01 0:0:0', calendar: 'gregorian' } as const;

/** Writes a NetCDF-4 file without names of dimensions: those of one length are one dimension. */
export async function writeSeriesFile(path: string, variables: Readonly<Record<string, WrittenVariable>>): Promise<void> {
  await h5wasm.ready;
  const file = new h5wasm.File(`${path}.part`, 'w');
  for (const [name, { data, shape = [data.length], type, attributes = {} }] of Object.entries(variables)) {
    const made = file.create_dataset({
      name,
      data: isTexts(data) ? [...data] : data,
      shape: [...shape],
      ...(type === undefined ? {} : { dtype: type }),
    });
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === 'object') made.create_attribute(key, isTexts(value) ? [...value] : value);
      else made.create_attribute(key, value);
    }
  }
  file.close();
  await rename(`${path}.part`, path);
}

const isTexts = (data: Data): data is readonly string[] => Array.isArray(data);
