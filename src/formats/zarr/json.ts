import { messageOf } from '../../errors.ts';
import { unreadableStore } from './failures.ts';
import { METADATA_BYTES } from './limits.ts';

/** JSON with integers of any size: those that a double does not hold are bigint. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [name: string]: Json };

export type JsonObject = { readonly [name: string]: Json };

export const isJsonObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Python writes NaN and the infinities bare, which JSON does not know: they are read as the texts that Zarr uses for them
 * (`"NaN"`, `"Infinity"`, `"-Infinity"`).
 *
 * @throws {Failure} `unreadable_store`
 */
export function readJson(key: string, bytes: Uint8Array): JsonObject {
  if (bytes.byteLength > METADATA_BYTES) throw unreadableStore(key, `it has ${bytes.byteLength} bytes`, `at most ${METADATA_BYTES}`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: Json = JSON.parse(/NaN|Infinity/.test(text) ? quoted(text) : text, exactIntegers);
    if (isJsonObject(value)) return value;
  } catch (error) {
    // RangeError: nested deeper than the stack; TypeError: not UTF-8
    if (!(error instanceof SyntaxError || error instanceof RangeError || error instanceof TypeError)) throw error;
    throw unreadableStore(key, `it is not JSON (${messageOf(error)})`, 'a JSON object', error);
  }
  throw unreadableStore(key, 'it is not a JSON object');
}

const BARE_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\bInfinity\b|\bNaN\b/g;

const quoted = (text: string): string => text.replace(BARE_NUMBERS, (found) => (found.startsWith('"') ? found : `"${found}"`));

function exactIntegers(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return /^-?\d{1,20}$/.test(source) ? BigInt(source) : value;
}

/** As zarr-python writes it (names sorted, four blanks), so that the same metadata is the same bytes whoever made it. UTF-8. */
export const writeJson = (value: JsonObject): Uint8Array => new TextEncoder().encode(textOf(value, ''));

function textOf(value: Json, indent: string): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(String(value));
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}    `;
  if (isList(value))
    return bracketed(
      '[',
      ']',
      indent,
      value.map((entry) => inner + textOf(entry, inner)),
    );
  const names = Object.keys(value).toSorted(byCodePoints);
  return bracketed(
    '{',
    '}',
    indent,
    names.map((name) => `${inner}${JSON.stringify(name)}: ${textOf(value[name] ?? null, inner)}`),
  );
}

const isList = (value: readonly Json[] | JsonObject): value is readonly Json[] => Array.isArray(value);

const bracketed = (open: string, close: string, indent: string, lines: readonly string[]): string =>
  lines.length === 0 ? open + close : `${open}\n${lines.join(',\n')}\n${indent}${close}`;

const byCodePoints = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** A value as a message shows it: short, and never what an object says of itself. */
export const shownJson = (value: Json | undefined): string =>
  typeof value === 'object' && value !== null ? 'no plain value' : String(value).slice(0, 40);
