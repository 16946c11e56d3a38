import type { Values } from './file.ts';
import { askedShape, blocksOf, type Metadata, product, runsOf, withBlock } from './hdf5-blocks.ts';
import { Hdf5Defect, type Hdf5Library } from './hdf5-library.ts';
import type { DatasetRead } from './hdf5-messages.ts';
import { splitStrings, stringBytes } from './hdf5-strings.ts';
import { decodeText } from './text.ts';

/** Takes the texts of a reading one by one. */
interface Taker {
  take(index: number, text: Uint8Array): void;
  readonly all: Values;
}

/** NC_STRING in the form asked for. Where nothing was written the fill stands. */
export function readTexts(library: Hdf5Library, file: bigint, request: DatasetRead, stored: Metadata, allowance: { left: number }): Values {
  const asked = askedShape(request);
  const length = product(asked);
  allowance.left -= length * (request.texts?.kind === 'bytes' ? request.texts.length : stored.size);
  if (!(allowance.left >= 0)) throw new Hdf5Defect(`${request.dataset} takes more memory than one reading may use`);
  const taker = takerOf(request, length);
  for (const block of blocksOf(request, stored)) {
    withBlock(library, file, request.dataset, stored, block, (at, size) => {
      const fixed = stored.vlen ? [] : splitStrings(library.module.HEAPU8.slice(at, at + size), stored.size);
      for (const { from, to, length: run } of runsOf(block, request, asked)) {
        for (let i = 0; i < run; i++) taker.take(to + i, fixed[from + i] ?? stringBytes(library, at, from + i, allowance));
      }
    });
  }
  return taker.all;
}

function takerOf({ texts, fill, dataset }: DatasetRead, count: number): Taker {
  if (texts === undefined) {
    const all = new Array<string>(count).fill(String(fill));
    const take = (index: number, text: Uint8Array): void => {
      all[index] = decodeText(text);
    };
    return { all, take };
  }
  const unwritten = Buffer.from(String(fill));
  if (texts.kind === 'longest') {
    const all = Uint32Array.of(count === 0 ? 0 : unwritten.byteLength);
    const take = (_index: number, text: Uint8Array): void => {
      all[0] = Math.max(all[0] ?? 0, text.byteLength);
    };
    return { all, take };
  }
  const all = new Uint8Array(count * texts.length);
  const take = (index: number, text: Uint8Array): void => {
    if (text.byteLength > texts.length)
      throw new Hdf5Defect(`a text of ${dataset} has ${text.byteLength} bytes, not ${texts.length} at most`);
    all.fill(0, index * texts.length, (index + 1) * texts.length);
    for (let i = 0; i < text.byteLength; i++) all[index * texts.length + i] = text[i] ?? 0;
  };
  if (unwritten.byteLength > 0) for (let index = 0; index < count; index++) take(index, unwritten.subarray(0, texts.length));
  return { all, take };
}
