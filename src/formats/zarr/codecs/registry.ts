import type { DataType } from '../data-type.ts';
import { unreadableStore, unsupportedStore } from '../failures.ts';
import { isJsonObject, type Json, type JsonObject, shownJson } from '../json.ts';
import { VLEN_UTF8 } from '../texts.ts';
import { bloscCodec } from './blosc.ts';
import type { Codec } from './codec.ts';
import { deflateCodec } from './deflate.ts';
import { lz4Codec } from './lz4.ts';
import { shuffleCodec } from './shuffle.ts';
import { zstdCodec } from './zstd.ts';

const BLOSC: readonly string[] = ['blosclz', 'lz4', 'lz4hc', 'zlib', 'zstd'];

const READ = 'zlib, gzip, zstd, lz4 or blosc, and the filter shuffle';

/**
 * The compressor that `.zarray` names; null: chunks are stored as they are. `itemBytes` is the size of one value.
 *
 * @throws {Failure} `unreadable_store`, `unsupported_store`
 */
export function parseCompressor(key: string, value: Json | undefined, itemBytes: number): Codec | null {
  if (value === null || value === undefined) return null;
  const codec = parseCodec(key, value, itemBytes);
  if (codec.config.id === 'shuffle') throw unsupportedStore(key, 'shuffle as compressor', 'it among the filters');
  return codec;
}

/**
 * The filters of `.zarray`, without the one that makes bytes of texts, which goes with the type.
 *
 * @throws {Failure} `unreadable_store`, `unsupported_store`
 */
export function parseFilters(key: string, value: Json | undefined, type?: DataType): readonly Codec[] {
  if (type?.form?.kind === VLEN_UTF8) {
    const ids = Array.isArray(value) ? value.map((entry: Json) => (isJsonObject(entry) ? String(entry.id).slice(0, 40) : '')) : [];
    if (ids.length === 1 && ids[0] === VLEN_UTF8) return [];
    throw unsupportedStore(
      key,
      `dtype ${type.name} with ${ids.length === 0 ? 'no filter' : `the filters ${ids.join(', ')}`}`,
      `the filter ${VLEN_UTF8} alone`,
    );
  }
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value) || value.length > 8) throw unreadableStore(key, 'filters is not a short list');
  return value.map((entry: Json) => {
    const codec = parseCodec(key, entry, 1);
    if (codec.config.id !== 'shuffle') throw unsupportedStore(key, `the filter ${codec.config.id}`, READ);
    return codec;
  });
}

function parseCodec(key: string, config: Json, itemBytes: number): Codec {
  if (!isJsonObject(config) || typeof config.id !== 'string') throw unreadableStore(key, 'a codec has no id', READ);
  const { id } = config;
  if (id === 'zlib' || id === 'gzip') return deflateCodec(id, whole(key, config, 'level', 1, [-1, 9]), config);
  if (id === 'zstd')
    return zstdCodec({ level: whole(key, config, 'level', 0, [-131_072, 22]), checksum: config.checksum === true }, config);
  if (id === 'lz4') return lz4Codec(config);
  if (id === 'blosc') {
    const { cname = 'lz4' } = config;
    if (typeof cname !== 'string') throw unreadableStore(key, 'cname of blosc is not a text');
    if (!BLOSC.includes(cname)) throw unsupportedStore(key, `blosc with ${JSON.stringify(cname.slice(0, 40))}`, BLOSC.join(', '));
    const settings = { cname, clevel: whole(key, config, 'clevel', 5, [0, 9]), shuffle: whole(key, config, 'shuffle', 1, [-1, 2]) };
    return bloscCodec(settings, itemBytes, config);
  }
  if (id === 'shuffle') return shuffleCodec(whole(key, config, 'elementsize', 4, [1, 256]), config);
  throw unsupportedStore(key, `the codec ${JSON.stringify(id.slice(0, 40))}`, READ);
}

function whole(key: string, config: JsonObject, name: string, otherwise: number, [low, high]: readonly [number, number]): number {
  const value = config[name] ?? otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value;
  throw unreadableStore(key, `${name} of ${config.id} is ${shownJson(value)}`, `${low} to ${high}`);
}
