import { Failure, isFailure } from '../../errors.ts';
import { CONSOLIDATED_KEY } from '../../formats/zarr/group.ts';
import { openStore } from '../../formats/zarr/open.ts';
import { chunksIn } from '../../stores/objects/chunks.ts';
import type { ObjectStore, Options } from '../../stores/objects/contract.ts';
import { readPublished } from '../../stores/objects/disk-link.ts';
import { WINDOW_ROWS } from '../series.ts';
import { adoptedState } from './adopt.ts';
import type { Generation, Live, StoreOptions } from './contract.ts';
import { readCurrent } from './current.ts';
import { noGeneration } from './failures.ts';
import { ADOPTED, checkGenerationId, type Places, placesOf } from './places.ts';
import { keepingReader, recordedReader } from './reader.ts';
import { segmentsAt } from './segments.ts';
import { readState } from './state.ts';

/** What every part of the store works with. */
export interface Room extends StoreOptions {
  readonly places: Places;
  readonly now: () => Date;
}

export const roomOf = (options: StoreOptions): Room => ({
  now: () => new Date(),
  ...options,
  places: placesOf(options.table),
});

/** Prefix of a generation's keys. The adopted store stays at its address until another is published there. */
export async function rootOf({ objects, places }: Room, id: string, options: Options = {}): Promise<string> {
  const group = places.group(id);
  if (id !== ADOPTED || (await objects.stat(`${group}/.zgroup`, options)) !== null) return group;
  return places.address;
}

export interface OpenOptions extends Options {
  readonly onRead?: (key: string, version: string | null) => void;
  /** Texts whose length only they themselves tell are not measured: of the state only rows and times are good. */
  readonly isGlance?: boolean;
}

/** @throws {Failure} `no_generation`, `unreadable_store`, `unsupported_store`, `unreadable_record` */
export async function openGeneration(
  room: Room,
  id: string,
  { onRead, isGlance = false, ...options }: OpenOptions = {},
): Promise<Generation> {
  const { objects, places } = room;
  const root = await rootOf(room, checkGenerationId(id), options);
  const recorded = await readState(objects, places.record(id), options);
  const isAdopted = id === ADOPTED;
  if (recorded === null && !isAdopted) throw noGeneration(`Generation ${id} has no record`, []);
  const group = await openStore(chunksIn(objects, root, options));
  const { segmentRows = adoptedRows(room), status, length = 0, takenOverAt } = recorded?.state ?? {};
  const isRecorded = recorded !== null && (!isAdopted || takenOverAt !== undefined);
  const inSegments = status === 'complete' && isRecorded ? length : 0;
  const segments = segmentsAt(objects, recorded === null ? null : places.record(id), segmentRows, inSegments);
  const stored = recordedReader({
    objects,
    root,
    arrays: group.arrays,
    segments,
    isUnrecorded: !isRecorded,
    ...options,
    ...(onRead === undefined ? {} : { onRead }),
  });
  const chunks = keepingReader(stored);
  const state = recorded?.state ?? (await adoptedState(group, chunks, root, { segmentRows: adoptedRows(room), isGlance }));
  return { id, root, group, state, chunks, stored, segments, isRecorded };
}

/** Rows of a segment of a store that somebody else wrote, whatever its chunks are. */
const adoptedRows = ({ windowRows = WINDOW_ROWS }: Room): number => windowRows;

/** The id of the live generation; null: there is none. */
export async function liveId(room: Room, options: Options = {}): Promise<string | null> {
  const { objects, places } = room;
  const linked = await linkedId(room);
  if (linked !== null) return linked;
  const current = await readCurrent(objects, places, options);
  if (current !== null) return current.record.generation;
  return (await isStoreThere(objects, places.address, options)) ? ADOPTED : null;
}

/** What the link on disk names; null: it is not there, or a folder that somebody else made is in its place. */
export async function linkedId({ disk, publish, table, places }: Room): Promise<string | null> {
  if (publish !== 'link' || disk === null) return null;
  const target = await readLink(disk.folder, table);
  if (target === null) return null;
  if (target.startsWith(`${places.generations}/`)) return checkGenerationId(target.slice(places.generations.length + 1));
  throw new Failure({
    kind: 'stop',
    code: 'foreign_link',
    happened: `${table} in ${disk.folder} is a symbolic link to ${target}, so readers see something else than its live generation`,
    expected: `a link to ${places.generations}/…, or none`,
    remedy: 'Remove the link: where there is a live generation, the next run makes it again',
  });
}

export async function readLink(folder: string, table: string): Promise<string | null> {
  try {
    return await readPublished({ folder, name: table });
  } catch (error) {
    if (isFailure(error, 'not_a_link')) return null;
    throw error;
  }
}

const isStoreThere = async (objects: ObjectStore, address: string, options: Options): Promise<boolean> =>
  (await objects.stat(`${address}/${CONSOLIDATED_KEY}`, options)) !== null || (await objects.stat(`${address}/.zgroup`, options)) !== null;

export async function openLive(room: Room, options: OpenOptions = {}): Promise<Live | null> {
  const id = await liveId(room, options);
  if (id === null) return null;
  const current = await readCurrent(room.objects, room.places, options);
  return { ...(await openGeneration(room, id, options)), current: current?.record ?? null };
}
