import type { DataType } from './data-type.ts';
import { unreadableStore } from './failures.ts';
import type { Json } from './json.ts';
import { TEXT_BYTES } from './limits.ts';
import { rawBytes, roomFor, type Values } from './values.ts';

/** bigint for 64-bit integers, bytes (without the padding) for text; null: undefined, which is written as zeros. */
export type Fill = number | bigint | Uint8Array | null;

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** @throws {Failure} `unreadable_store` */
export function parseFill(key: string, type: DataType, value: Json | undefined): Fill {
  if (value === null || value === undefined) return null;
  const { kind } = type;
  if (type.form !== undefined) return parseWords(key, value);
  if (kind === 'text') return parseText(key, type, value);
  if (kind === 'float') {
    if (typeof value === 'string' && Object.hasOwn(SPECIAL, value)) return SPECIAL[value] ?? null;
    if (typeof value === 'number') return value;
    if (typeof value === 'bigint') return Number(value);
  } else if (kind === 'bool') {
    if (typeof value === 'boolean' || value === 0 || value === 1) return Number(value);
  } else if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) {
    const [low, high] = rangeOf(type);
    if (value >= low && value <= high) return type.bytes === 8 ? BigInt(value) : Number(value);
  }
  throw unreadableStore(key, `fill_value ${shown(value)} is no value of ${type.name}`);
}

function parseText(key: string, type: DataType, value: Json): Fill {
  if (value === 0) return new Uint8Array(0); // how zarr-python 2 wrote an empty one
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
    throw unreadableStore(key, `fill_value ${shown(value)} is not base64`, 'the bytes of a text as base64');
  }
  const bytes = new Uint8Array(Buffer.from(value, 'base64'));
  if (bytes.byteLength > type.bytes) throw unreadableStore(key, `fill_value has ${bytes.byteLength} bytes`, `at most ${type.bytes}`);
  return bytes;
}

/** Texts with a form of their own have their fill as it is; zarr-python 2 wrote an empty one as 0. */
function parseWords(key: string, value: Json): Fill {
  if (value === 0) return new Uint8Array(0);
  if (typeof value !== 'string') throw unreadableStore(key, `fill_value ${shown(value)} is not a text`);
  const bytes = new Uint8Array(Buffer.from(value));
  if (bytes.byteLength > TEXT_BYTES) throw unreadableStore(key, `fill_value has ${bytes.byteLength} bytes`, `at most ${TEXT_BYTES}`);
  return bytes;
}

export function fillJson(type: DataType, fill: Fill): Json {
  if (fill === null) return null;
  if (fill instanceof Uint8Array && type.form !== undefined) return Buffer.from(fill).toString();
  if (fill instanceof Uint8Array) return Buffer.from(fill).toString('base64');
  if (type.kind === 'bool') return fill !== 0;
  if (typeof fill === 'number' && !Number.isFinite(fill)) return String(fill);
  return fill;
}

/** `count` values of fill, in this machine's byte order. */
export function filled(type: DataType, fill: Fill, count: number): Values {
  const values = roomFor(type, count);
  if (fill instanceof Uint8Array) {
    const bytes = rawBytes(values);
    if (fill.some((byte) => byte !== 0)) for (let at = 0; at < bytes.byteLength; at += type.bytes) bytes.set(fill, at);
  } else if (values instanceof BigInt64Array || values instanceof BigUint64Array) values.fill(BigInt(fill ?? 0));
  else if (fill !== null) values.fill(Number(fill));
  return values;
}

function rangeOf({ kind, bytes }: DataType): readonly [low: bigint, high: bigint] {
  const bits = BigInt(bytes * 8);
  return kind === 'uint' ? [0n, (1n << bits) - 1n] : [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n];
}

const shown = (value: Json): string => (typeof value === 'object' ? 'of many parts' : JSON.stringify(String(value).slice(0, 40)));
