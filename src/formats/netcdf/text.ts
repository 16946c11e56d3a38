const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes, or a part of them, as text: UTF-8, or Latin-1 where they are not UTF-8. */
export function decodeText(bytes: Uint8Array, from = 0, to: number = bytes.byteLength): string {
  if (isAscii(bytes, from, to)) return latin1(bytes, from, to);
  try {
    return strictUtf8.decode(bytes.subarray(from, to));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return latin1(bytes, from, to);
  }
}

/** Text of an attribute: NULs that C programs leave in it are dropped, as netCDF4-python does. */
export const decodeAttributeText = (bytes: Uint8Array): string => decodeText(bytes).replaceAll('\0', '');

const LONGEST_SHOWN = 400;

/** Text out of a file as a sentence may hold it: bounded, and nothing in it acts on a terminal. `\x1b` becomes `\\u{1b}`. */
export function shownText(text: string): string {
  const cut = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
  return cut.replaceAll(/\p{C}/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if ((bytes[i] ?? 0) > 127) return false;
  return true;
}

/** A short text is put together faster here than by a call into the runtime. */
const SHORT = 24;

function latin1(bytes: Uint8Array, from: number, to: number): string {
  if (to - from > SHORT) return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
  let text = '';
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}
