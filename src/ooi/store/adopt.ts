import { dimensionsOf, product, type ZarrArray } from '../../formats/zarr/array.ts';
import { fillJson } from '../../formats/zarr/fill.ts';
import { chunkRowsOf, rowsOf } from '../../formats/zarr/grid.ts';
import type { ZarrGroup } from '../../formats/zarr/group.ts';
import type { JsonObject } from '../../formats/zarr/json.ts';
import type { ChunkReader } from '../../formats/zarr/store.ts';
import { BEFORE } from '../order.ts';
import type { Said, SchemaNotes, VariableNotes } from '../series.ts';
import { longestTexts } from './measure-texts.ts';
import { ADOPTED } from './places.ts';
import type { GenerationState } from './state.ts';
import { readTimes, timeOf } from './stored-source.ts';

/**
 * The state of a store that somebody else wrote: its form is what its metadata say, and whatever a request says later counts as newer.
 *
 * @throws {Failure} `unsupported_store`
 */
export async function adoptedState(
  group: ZarrGroup,
  chunks: ChunkReader,
  root: string,
  { segmentRows, isGlance }: { readonly segmentRows: number; readonly isGlance: boolean },
): Promise<GenerationState> {
  const length = timeOf(group).shape[0] ?? 0;
  const at = async (row: number): Promise<number | null> => (length === 0 ? null : ((await readTimes(chunks, group, row, 1))[0] ?? null));
  return {
    format: 1,
    generation: ADOPTED,
    status: 'complete',
    root,
    length,
    segmentRows: fewerRows(group, segmentRows),
    firstTime: await at(0),
    lastTime: await at(Math.max(0, length - 1)),
    notes: notesOfGroup(group, isGlance ? new Map() : await longestTexts(group, chunks)),
    grownFrom: null,
    madeAt: LONG_AGO,
    changedAt: LONG_AGO,
  };
}

/** Chunks of which one segment of the record tells: some megabytes of it. */
const SEGMENT_CHUNKS = 20_000;

/** Of small chunks many begin in one segment: then it has fewer rows. */
function fewerRows({ arrays }: ZarrGroup, rows: number): number {
  const inParts = [...arrays.values()].filter((array) => rowsOf(array) > chunkRowsOf(array));
  const perRow = inParts.reduce((sum, array) => sum + chunksAcross(array) / chunkRowsOf(array), 0);
  return Math.max(1, Math.min(rows, Math.floor(SEGMENT_CHUNKS / Math.max(perRow, 1e-9))));
}

/** Chunks side by side at one row. */
const chunksAcross = ({ shape, chunks }: ZarrArray): number =>
  product(shape.slice(1).map((size, at) => Math.ceil(size / (chunks[at + 1] ?? 1))));

/** Whenever that was: before anything of ours. */
const LONG_AGO = new Date(0).toISOString();

/** @param longest bytes of the longest text of arrays whose metadata do not tell */
export function notesOfGroup({ arrays, attributes }: ZarrGroup, longest: ReadonlyMap<string, number>): SchemaNotes {
  const plain = Object.entries(attributes).filter(([name]) => !name.startsWith('time_coverage_') && !isExtent(name));
  const extent = Object.entries(attributes).flatMap(([name, value]): readonly [string, number][] =>
    isExtent(name) && typeof value === 'number' ? [[name, value]] : [],
  );
  return {
    variables: Object.fromEntries(
      [...arrays.values()].map((array) => [
        array.name,
        notesOfArray(array, { rows: timeOf({ arrays, attributes }).shape[0] ?? 0, textBytes: longest.get(array.name) ?? array.type.bytes }),
      ]),
    ),
    attributes: said(Object.fromEntries(plain)),
    extent: Object.fromEntries(extent),
  };
}

const isExtent = (name: string): boolean => /^geospatial_(lat|lon)_(min|max)$/.test(name);

const said = (attributes: JsonObject): Readonly<Record<string, Said<JsonObject[string]>>> =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, { value, by: BEFORE }]));

function notesOfArray(array: ZarrArray, { rows, textBytes }: { readonly rows: number; readonly textBytes: number }): VariableNotes {
  const { type, fill, shape, name } = array;
  const first = shape[0] === rows ? 'time' : `${name}_dim`;
  const dimensions = dimensionsOf(array) ?? shape.map((_, at) => (at === 0 ? first : `${name}_dim_${at - 1}`));
  const { _ARRAY_DIMENSIONS: _, ...attributes } = array.attributes;
  const isOnTime = dimensions[0] === 'time';
  const inner = dimensions.map((dimension, at) => ({ name: dimension, size: shape[at] ?? 0 })).slice(isOnTime ? 1 : 0);
  const isText = type.kind === 'text';
  const tests = isText ? attributes.tests_executed : undefined;
  const declared = fill === null || isText ? null : { value: fillJson(type, fill), by: BEFORE };
  return {
    types: {
      [isText ? `|S${Math.max(1, textBytes)}` : type.isBigEndian ? type.name.replace('>', '<') : type.name]: {
        first: BEFORE,
        fill: declared,
      },
    },
    inner,
    isOnTime,
    attributes: said(attributes),
    tests: typeof tests === 'string' ? { value: tests, by: BEFORE } : null,
    textBytes: isText ? Math.max(1, textBytes) : 0,
  };
}
