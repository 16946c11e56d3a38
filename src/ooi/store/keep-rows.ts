import type { ZarrArray } from '../../formats/zarr/array.ts';
import { whyNotEncoded } from '../../formats/zarr/codecs/pipeline.ts';
import { missingChunk } from '../../formats/zarr/failures.ts';
import { chunkKeys, chunkRowsOf } from '../../formats/zarr/grid.ts';
import type { ChunkRecord } from '../../formats/zarr/ledger.ts';
import type { SeriesInput, SeriesPlan } from '../series.ts';
import { atOnce } from './at-once.ts';
import { whyNotSame } from './column-array.ts';
import type { ChangeOptions, Generation } from './contract.ts';
import type { Room } from './generation.ts';
import { ADOPTED } from './places.ts';
import { isSameAbsent } from './reshape.ts';
import { planOf } from './rules.ts';
import { firstRowFrom } from './search-time.ts';

/** What a new generation takes over from an older one as it is. */
export interface Kept {
  readonly room: Room;
  readonly base: Generation | null;
  /** Of a segment of the new generation. */
  readonly segmentRows: number;
  /** Group of the new generation. */
  readonly root: string;
  /** Whole segments before the first row that any request touches. */
  readonly rows: number;
  /** Arrays whose chunks of those rows stay as they are, and what they are like. */
  readonly arrays: ReadonlyMap<string, ZarrArray>;
}

export async function keptRows(
  room: Room,
  base: Generation | null,
  plan: SeriesPlan,
  inputs: readonly SeriesInput[],
  root: string,
  size: number,
): Promise<Kept> {
  const nothing: Kept = { room, base, segmentRows: size, root, rows: 0, arrays: new Map() };
  if (base === null || base.state.segmentRows !== size) return nothing;
  const first = await firstTimeOf(inputs);
  const rows = Math.floor((await firstRowFrom(base, first)) / size) * size;
  const before = new Map(planOf(base.state.notes).columns.map((column) => [column.name, column]));
  const arrays = plan.columns.flatMap((column): readonly [string, ZarrArray][] => {
    const array = base.group.arrays.get(column.name);
    const was = before.get(column.name);
    if (rows === 0 || base.id === ADOPTED || array === undefined || was === undefined || !column.isOnTime) return [];
    const isKept =
      whyNotSame(array, column) === null &&
      isSameAbsent(was, column) &&
      whyNotEncoded(array) === null &&
      size % chunkRowsOf(array) === 0 &&
      array.separator === '.' &&
      !array.type.isBigEndian;
    const { _ARRAY_DIMENSIONS } = array.attributes;
    return isKept ? [[column.name, { ...array, attributes: { ...column.attributes, _ARRAY_DIMENSIONS: _ARRAY_DIMENSIONS ?? [] } }]] : [];
  });
  return { ...nothing, rows, arrays: new Map(arrays) };
}

/** Infinity: there are no rows. */
export async function firstTimeOf(inputs: readonly SeriesInput[]): Promise<number> {
  const sources = inputs.flatMap((input) => input.sources).filter(({ rows }) => rows > 0);
  const firsts = await Promise.all(sources.map(async (source) => (await source.times(0, 1))[0] ?? Number.POSITIVE_INFINITY));
  return Math.min(Number.POSITIVE_INFINITY, ...firsts);
}

/** Takes over the chunks of a segment: a hard link on disk, a copy by the server. */
export async function keepRows(kept: Kept, from: number, rows: number, options: ChangeOptions): Promise<readonly ChunkRecord[]> {
  const { base, room, root } = kept;
  const records: ChunkRecord[] = [];
  if (base === null || from >= kept.rows) return records;
  const keys = [...kept.arrays.keys()].flatMap((name) => {
    const array = base.group.arrays.get(name);
    return array === undefined ? [] : [...chunkKeys(array, { from, to: from + rows })];
  });
  await atOnce(8, keys, async (key) => {
    const known = (await base.segments.get(from / kept.segmentRows)).chunks.get(key);
    if (known === undefined) throw missingChunk(key);
    await room.objects.copy(`${base.root}/${key}`, `${root}/${key}`, options);
    records.push(known);
  });
  return records;
}
