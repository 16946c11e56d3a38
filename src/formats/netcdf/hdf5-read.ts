import type { Values } from './file.ts';
import { askedShape, blocksOf, type Metadata, product, runsOf, withBlock } from './hdf5-blocks.ts';
import { Hdf5Defect, type Hdf5Handle, type Hdf5Library } from './hdf5-library.ts';
import type { DatasetRead } from './hdf5-messages.ts';
import { readTexts } from './hdf5-texts.ts';
import { type NumericType, ncTypeOf, numbersOver } from './hdf5-types.ts';

/**
 * Reads part of one variable. Where an unlimited dimension is longer than what this variable has, its fill value stands.
 * @returns null: the values are where the request wants them
 * @throws {Hdf5Defect}
 */
export function readDataset(library: Hdf5Library, file: Hdf5Handle, request: DatasetRead, allowance: { left: number }): Values | null {
  const stored = file.metadata(request.dataset);
  const shape = stored.shape ?? [];
  const isExpected = shape.length === request.shape.length && shape.every((length, i) => length <= (request.shape[i] ?? 0));
  if (!isExpected || ncTypeOf(stored) !== request.type)
    throw new Hdf5Defect(`${request.dataset} is not what it was when the file was opened`);
  return request.type === 'string'
    ? readTexts(library, file.id, request, stored, allowance)
    : readNumbers(library, file, request, request.type, stored, allowance);
}

function readNumbers(
  library: Hdf5Library,
  file: Hdf5Handle,
  request: DatasetRead,
  type: NumericType,
  stored: Metadata,
  allowance: { left: number },
): Values | null {
  const asked = askedShape(request);
  const length = product(asked);
  allowance.left -= length * stored.size;
  if (!(allowance.left >= 0)) throw new Hdf5Defect(`${request.dataset} takes more memory than one reading may use`);
  const { into } = request;
  if (into !== undefined && into.byteLength !== length * stored.size)
    throw new Hdf5Defect(`the room for ${request.dataset} is not its size`);
  const bytes = into ?? new Uint8Array(length * stored.size);
  const values = numbersOver(type, bytes.buffer, bytes.byteOffset, length);
  if (isThere(request, stored) && file.direct(request.dataset)?.read(request.from, request.count, bytes))
    return into === undefined ? values : null;
  const blocks = blocksOf(request, stored);
  if (blocks.reduce((sum, { count }) => sum + product(count), 0) < length) fillWith(values, request.fill);
  for (const block of blocks) {
    withBlock(library, file.id, request.dataset, stored, block, (at, size) => {
      const found = library.module.HEAPU8.subarray(at, at + size);
      for (const run of runsOf(block, request, asked))
        bytes.set(found.subarray(run.from * stored.size, (run.from + run.length) * stored.size), run.to * stored.size);
    });
  }
  return into === undefined ? values : null;
}

/** All that is asked for has been written as it is asked for. */
const isThere = ({ from, count, shape }: DatasetRead, stored: Metadata): boolean =>
  shape.length > 0 && from + count <= (stored.shape?.[0] ?? 0) && shape.every((length, i) => i === 0 || length === stored.shape?.[i]);

function fillWith(values: ReturnType<typeof numbersOver>, fill: number | bigint | string): void {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) values.fill(BigInt(fill));
  else values.fill(Number(fill));
}
