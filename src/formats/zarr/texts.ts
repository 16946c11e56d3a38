import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import { TEXT_BYTES } from './limits.ts';

/**
 * How texts are stored that are not bytes of a fixed length; in memory they are UTF-8, padded with NUL like those that are.
 *
 * - `vlen-utf8`: how many there are, then the bytes of each behind its length; numbers of 4 bytes, little-endian (numcodecs).
 * - `utf-32`: so many letters of 4 bytes each, padded with NUL (numpy's `<U5`).
 */
export type TextForm =
  | { readonly kind: 'vlen-utf8' }
  | { readonly kind: 'utf-32'; readonly letters: number; readonly isBigEndian: boolean };

/** The filter of numcodecs that makes bytes of objects. */
export const VLEN_UTF8 = 'vlen-utf8';

const LENGTH_BYTES = 4;
const LETTER_BYTES = 4;

/** Texts that are gone through in one go: some tens of milliseconds at most. */
const SLICE = 50_000;

/** Bytes of the longest text. @throws {Error} for bytes that are no texts of this form */
export async function longestText(form: TextForm, stored: Uint8Array, count: number): Promise<number> {
  let longest = 0;
  await eachText(form, stored, count, (text, begin, end, at) => {
    if (end - begin > longest) longest = end - begin;
    if (end > begin && text[end - 1] === 0) throw new Error(`text ${at} ends with NUL, which cannot be told from padding`);
  });
  if (longest > TEXT_BYTES) throw new Error(`it holds a text of ${longest} bytes; ${TEXT_BYTES} are read at most`);
  return longest;
}

/** Texts `from` to `to - 1` of a chunk, each in `width` bytes. @throws {Error} as above, and for a text that is longer */
export async function laidOut(
  form: TextForm,
  stored: Uint8Array,
  { count, from, to, width }: { readonly count: number; readonly from: number; readonly to: number; readonly width: number },
): Promise<Uint8Array> {
  const bytes = new Uint8Array((to - from) * width);
  await eachText(form, stored, count, (text, begin, end, at) => {
    if (at < from || at >= to) return;
    if (end - begin > width) throw new Error(`it holds a text of ${end - begin} bytes, longer than the ${width} that were found before`);
    const target = (at - from) * width - begin;
    for (let i = begin; i < end; i++) bytes[target + i] = text[i] ?? 0;
  });
  return bytes;
}

/** The texts of a chunk, of `width` bytes each, as they are stored. @throws {Error} for a text that the form cannot hold */
export async function asStored(form: TextForm, texts: Uint8Array, width: number): Promise<Uint8Array> {
  assertUtf8(texts, width);
  return form.kind === VLEN_UTF8 ? encodeVlen(texts, width) : encodeUtf32(form, texts, width);
}

/** Told the bytes `begin` to `end - 1` that are text `at`. */
type OnText = (bytes: Uint8Array, begin: number, end: number, at: number) => void;

async function eachText(form: TextForm, stored: Uint8Array, count: number, onText: OnText): Promise<void> {
  if (form.kind === VLEN_UTF8) return eachVlen(stored, count, onText);
  return eachUtf32(form, stored, count, onText);
}

async function eachVlen(stored: Uint8Array, count: number, onText: OnText): Promise<void> {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  if (stored.byteLength < LENGTH_BYTES || view.getUint32(0, true) !== count)
    throw new Error(`it holds ${stored.byteLength < LENGTH_BYTES ? 'no' : view.getUint32(0, true)} texts instead of ${count}`);
  let at = LENGTH_BYTES;
  for (let number = 0; number < count; number++) {
    if (at + LENGTH_BYTES > stored.byteLength) throw new Error(`it ends before text ${number} of ${count}`);
    const length = view.getUint32(at, true);
    at += LENGTH_BYTES;
    if (at + length > stored.byteLength) throw new Error(`it ends within text ${number} of ${count}`);
    onText(stored, at, at + length, number);
    at += length;
    if (number % SLICE === SLICE - 1) await setImmediate();
  }
  if (at !== stored.byteLength) throw new Error(`${stored.byteLength - at} bytes stand behind its ${count} texts`);
}

async function eachUtf32(
  { letters, isBigEndian }: Extract<TextForm, { kind: 'utf-32' }>,
  stored: Uint8Array,
  count: number,
  onText: OnText,
): Promise<void> {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  if (stored.byteLength !== count * letters * LETTER_BYTES)
    throw new Error(`it has ${stored.byteLength} bytes instead of ${count * letters * LETTER_BYTES}`);
  for (let number = 0; number < count; number++) {
    const codes: number[] = [];
    for (let letter = 0; letter < letters; letter++) {
      const code = view.getUint32((number * letters + letter) * LETTER_BYTES, !isBigEndian);
      if (code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff)) throw new Error(`text ${number} holds ${code}, which is no letter`);
      codes.push(code);
    }
    while (codes.at(-1) === 0) codes.pop();
    const text = Buffer.from(String.fromCodePoint(...codes));
    onText(text, 0, text.byteLength, number);
    if (number % SLICE === SLICE - 1) await setImmediate();
  }
}

async function encodeVlen(texts: Uint8Array, width: number): Promise<Uint8Array> {
  const count = texts.byteLength / width;
  const out = Buffer.alloc(LENGTH_BYTES + count * (LENGTH_BYTES + width));
  out.writeUInt32LE(count, 0);
  let at = LENGTH_BYTES;
  for (let number = 0; number < count; number++) {
    const begin = number * width;
    let length = width;
    while (length > 0 && texts[begin + length - 1] === 0) length--;
    out.writeUInt32LE(length, at);
    for (let i = 0; i < length; i++) out[at + LENGTH_BYTES + i] = texts[begin + i] ?? 0;
    at += LENGTH_BYTES + length;
    if (number % SLICE === SLICE - 1) await setImmediate();
  }
  return new Uint8Array(out.buffer, out.byteOffset, at);
}

async function encodeUtf32(
  { letters, isBigEndian }: Extract<TextForm, { kind: 'utf-32' }>,
  texts: Uint8Array,
  width: number,
): Promise<Uint8Array> {
  const count = texts.byteLength / width;
  const out = new Uint8Array(count * letters * LETTER_BYTES);
  const view = new DataView(out.buffer);
  for (let number = 0; number < count; number++) {
    const text = Buffer.from(texts.buffer, texts.byteOffset + number * width, width)
      .toString('utf8')
      .replace(/\0+$/, '');
    let letter = 0;
    for (const one of text) {
      if (letter === letters) throw new Error(`${JSON.stringify(text.slice(0, 40))} has more than ${letters} letters`);
      view.setUint32((number * letters + letter++) * LETTER_BYTES, one.codePointAt(0) ?? 0, !isBigEndian);
    }
    if (number % SLICE === SLICE - 1) await setImmediate();
  }
  return out;
}

/** Two texts that fill their places must not be a letter only together. */
function assertUtf8(texts: Uint8Array, width: number): void {
  let isWhole = isUtf8(texts);
  for (let at = 0; isWhole && at < texts.byteLength; at += width) isWhole = ((texts[at] ?? 0) & 0xc0) !== 0x80;
  if (!isWhole) throw new Error('a text is not UTF-8');
}
