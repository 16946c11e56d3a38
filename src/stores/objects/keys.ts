import { Failure } from '../../errors.ts';

/** S3's own limit. Bytes of UTF-8. */
const LONGEST_KEY = 1024;

/** File systems allow 255. Bytes of UTF-8. */
const LONGEST_PART = 255;

/** Names that unfinished writes have: no object is called so. */
const OWN = /^\.landfall-/;

/** Control characters, what separates lines or reverses the reading direction for people, and what is no character at all. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/;

/** Why a text is no name of an object, to end a sentence; null when it is one. */
export function badKey(key: string): string | null {
  if (key === '') return 'it is empty';
  if (CONTROL.test(key)) return 'it holds control characters';
  if (!key.isWellFormed()) return 'it is not valid Unicode';
  if (key.includes('\\')) return 'it holds a backslash';
  if (key.startsWith('/')) return 'it is absolute';
  if (Buffer.byteLength(key) > LONGEST_KEY) return `it is longer than ${LONGEST_KEY} bytes`;
  for (const part of key.split('/')) {
    if (part === '') return 'it has an empty part';
    if (part === '.' || part === '..') return `it has the part ${part}`;
    if (OWN.test(part)) return 'names that begin with .landfall- are kept for unfinished writes';
    if (Buffer.byteLength(part) > LONGEST_PART) return `a part of it is longer than ${LONGEST_PART} bytes`;
  }
  return null;
}

/** @throws {Failure} `bad_key` (stop) */
export function checkKey(key: string): void {
  const reason = badKey(key);
  if (reason !== null) throw refused('name of an object', key, reason);
}

/** A prefix is any beginning of a key: it may be empty or end in a slash. @throws {Failure} `bad_key` (stop) */
export function checkPrefix(prefix: string): void {
  const reason = prefix === '' ? null : badKey(prefix.replace(/\/$/, ''));
  if (reason !== null) throw refused('beginning of names', prefix, reason);
}

const refused = (what: string, key: string, reason: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'bad_key',
    happened: `${JSON.stringify(key.slice(0, 200))} cannot be the ${what}: ${reason}`,
    expected: 'a relative name such as CTD/time/0, of parts with a slash between them',
  });
