import { unreadableStore, unsupportedStore } from './failures.ts';
import type { Json } from './json.ts';
import { TEXT_BYTES } from './limits.ts';
import { type TextForm, VLEN_UTF8 } from './texts.ts';

/** `text`: bytes of a fixed length, padded with NUL; stored as such but for those with a {@link TextForm}. */
export type Kind = 'float' | 'int' | 'uint' | 'bool' | 'text';

export interface DataType {
  /** As numpy writes it: `<f8`, `|u1`, `|S4`, `|O`, `<U5`. */
  readonly name: string;
  readonly kind: Kind;
  /** Bytes of one value in memory. 0, with a text form alone: as many as the longest of what is read has. */
  readonly bytes: number;
  /** Absent: values are stored as they are in memory. */
  readonly form?: TextForm;
  readonly isBigEndian: boolean;
}

const KINDS: Readonly<Record<string, { readonly kind: Kind; readonly sizes: readonly number[] }>> = {
  f: { kind: 'float', sizes: [4, 8] },
  i: { kind: 'int', sizes: [1, 2, 4, 8] },
  u: { kind: 'uint', sizes: [1, 2, 4, 8] },
  b: { kind: 'bool', sizes: [1] },
};

const READ = 'one of f4, f8, i1 to i8, u1 to u8, b1, S<length>, U<length>, and O with the filter vlen-utf8';

/** @throws {Failure} `unreadable_store`, `unsupported_store` */
export function parseDataType(key: string, value: Json | undefined): DataType {
  if (Array.isArray(value)) throw unsupportedStore(key, 'values of several fields', READ);
  if (typeof value !== 'string') throw unreadableStore(key, 'dtype is not a text', READ);
  const [, order = '', letter = '', digits = ''] = /^([<>|])([a-zA-Z])(\d{0,9})(\[\w+\])?$/.exec(value) ?? [];
  if (order === '') throw unreadableStore(key, `dtype is ${JSON.stringify(value.slice(0, 40))}`, READ);
  const bytes = Number(digits);
  if (value === '|O') return { name: value, kind: 'text', bytes: 0, isBigEndian: false, form: { kind: VLEN_UTF8 } };
  if (letter === 'U' && order !== '|') {
    const form = { kind: 'utf-32', letters: bytes, isBigEndian: order === '>' } as const;
    if (bytes >= 1 && 4 * bytes <= TEXT_BYTES) return { name: value, kind: 'text', bytes: 0, isBigEndian: false, form };
    throw unsupportedStore(key, `texts of ${bytes} letters`, `1 to ${TEXT_BYTES / 4}`);
  }
  if (letter === 'S') {
    if (bytes >= 1 && bytes <= TEXT_BYTES) return { name: value, kind: 'text', bytes, isBigEndian: false };
    throw unsupportedStore(key, `texts of ${bytes} bytes`, `1 to ${TEXT_BYTES}`);
  }
  const kind = KINDS[letter];
  if (kind === undefined || !kind.sizes.includes(bytes)) throw unsupportedStore(key, `dtype ${value}`, READ);
  if (bytes > 1 && order === '|') throw unreadableStore(key, `dtype ${value} does not say its byte order`, '< or >');
  return { name: value, kind: kind.kind, bytes, isBigEndian: order === '>' && bytes > 1 };
}

/** Bytes of one value as it is stored, at least. */
export const storedBytes = ({ bytes, form }: DataType): number =>
  form === undefined ? bytes : form.kind === VLEN_UTF8 ? 4 : 4 * form.letters;
