import { Dataset, dtype_to_metadata, File, ready } from 'h5wasm';
import { isText, numbers, type Source, texts } from './cells.ts';
import type { NumberColumn, TextColumn } from './columns.ts';
import type { FilePlan } from './files.ts';

export interface WriteOptions extends Source {
  readonly attributes: Readonly<Record<string, string | number>>;
}

const library = await ready;

/** h5wasm's names of types. */
const TYPES = { '<f4': '<f', '<f8': '<d', '|i1': '<b', '<i2': '<h', '<i4': '<i', '|u1': '<B', '<u2': '<H', '<u4': '<I' } as const;
const MOST_CHUNK_ROWS = 10_000;
let count = 0;

/**
 * A NetCDF-4 file as the facility writes it: unlimited `obs`, deflate 1, chunks of at most 10,000 rows, NC_CHAR texts with a string dimension.
 * Unlike the facility's it is not shuffled: the library that writes it can set one filter only.
 */
export function netcdfBytes({ columns, rows }: FilePlan, options: WriteOptions): Buffer {
  count += 1;
  const path = `/standin-${count}.nc`;
  try {
    const file = new File(path, 'w', { track_order: true });
    const chunk = Math.max(1, Math.min(rows.length, MOST_CHUNK_ROWS));
    const obs = Int32Array.from(rows, (_, index) => index);
    file.create_dataset({ name: 'obs', data: obs, shape: [rows.length], dtype: '<i', maxshape: [null], chunks: [chunk] }).make_scale('obs');
    for (const { name, size, isVariable } of dimensionsOf(columns)) dimension(file, name, size, isVariable);
    for (const column of columns) {
      const dataset = isText(column)
        ? textDataset(file, column, texts(column, options, rows), chunk)
        : numberDataset(file, column, numbers(column, options, rows), rows.length, chunk);
      dataset.attach_scale(0, 'obs');
      for (const [name, value] of Object.entries(column.attributes)) attribute(dataset, name, value);
    }
    for (const [name, value] of Object.entries(options.attributes)) attribute(file, name, value);
    file.close();
    return Buffer.from(library.FS.readFile(path));
  } finally {
    library.FS.unlink(path);
  }
}

function numberDataset(file: File, column: NumberColumn, data: ReturnType<typeof numbers>, rows: number, chunk: number): Dataset {
  const inner = column.inner === null ? [] : [column.inner.size];
  const dtype = TYPES[column.type];
  const dataset = file.create_dataset({
    name: column.name,
    data,
    shape: [rows, ...inner],
    dtype,
    maxshape: [null, ...inner],
    chunks: [chunk, ...inner],
    compression: 1,
    compression_opts: [1],
  });
  if (column.fill !== null) dataset.create_attribute('_FillValue', [column.fill], [1], dtype);
  if (column.inner !== null) dataset.attach_scale(1, column.inner.name);
  return dataset;
}

function textDataset(file: File, column: TextColumn, data: readonly string[], chunk: number): Dataset {
  const { name, form } = column;
  // Text of varying length cannot be compressed by the library that writes it, nor is it by the facility's.
  if (form.kind === 'string')
    return file.create_dataset({ name, data: [...data], shape: [data.length], dtype: 'S', maxshape: [null], chunks: [chunk] });
  const bytes = Buffer.alloc(Math.max(1, data.length * form.width));
  data.forEach((text, index) => void bytes.write(text, index * form.width, form.width, 'latin1'));
  const dataset = characters(file, name, bytes, [data.length, form.width], chunk);
  if (column.fill !== null) dataset.create_attribute('_FillValue', column.fill, null, 'A1');
  dataset.attach_scale(1, `string${form.width}`);
  return dataset;
}

/** The library's own way takes an array of texts of one letter each: slow for a million rows. */
function characters(file: File, name: string, bytes: Buffer, [rows, width]: readonly [number, number], chunk: number): Dataset {
  const metadata = {
    ...dtype_to_metadata('A1'),
    shape: [BigInt(rows), BigInt(width)],
    maxshape: [18_446_744_073_709_551_615n, BigInt(width)],
    chunks: [BigInt(chunk), BigInt(width)],
    compression: 1,
    compression_opts: [1],
    track_order: false,
  };
  const pointer = library._malloc(bytes.length);
  try {
    library.HEAPU8.set(bytes, pointer);
    library.create_dataset(file.file_id, `/${name}`, BigInt(pointer), metadata);
  } finally {
    library._free(pointer);
  }
  return new Dataset(file.file_id, `/${name}`);
}

/** `string14` and the like have no variable; `wavelength` has. */
function dimensionsOf(columns: FilePlan['columns']) {
  const found = columns.flatMap((column) => {
    if (!isText(column)) return column.inner === null ? [] : [{ ...column.inner, isVariable: true }];
    return column.form.kind === 'char' ? [{ name: `string${column.form.width}`, size: column.form.width, isVariable: false }] : [];
  });
  return new Map(found.map((one) => [one.name, one])).values();
}

function dimension(file: File, name: string, size: number, isVariable: boolean): void {
  const data = isVariable ? Int32Array.from({ length: size }, (_, index) => index) : new Float32Array(size);
  const dataset = file.create_dataset({ name, data, shape: [size], dtype: isVariable ? '<i' : '<f' });
  // How the NetCDF library marks a dimension without a variable.
  dataset.make_scale(isVariable ? name : `This is a netCDF dimension but not a netCDF variable.${String(size).padStart(10)}`);
}

function attribute(to: Dataset | File, name: string, value: string | number): void {
  if (typeof value === 'number') to.create_attribute(name, [value], [1], '<d');
  else to.create_attribute(name, value, null, 'S');
}
