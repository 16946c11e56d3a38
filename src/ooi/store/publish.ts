import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../errors.ts';
import { syncFolder } from '../../stores/objects/disk-folder.ts';
import { publishLink } from '../../stores/objects/disk-link.ts';
import { atOnce } from './at-once.ts';
import type { ChangeOptions, Published } from './contract.ts';
import { type CurrentRecord, type FoundCurrent, readCurrent, writeCurrent } from './current.ts';
import { liveId, openGeneration, type Room, readLink, rootOf } from './generation.ts';
import { ADOPTED } from './places.ts';
import { fillCopy } from './publish-copy.ts';
import { replacing } from './replacing.ts';
import { readState, stateBytes, stateKey } from './state.ts';

/**
 * Makes a generation the one that readers see. On disk and by pointer in one step; by prefix the address does not open meanwhile.
 *
 * @throws {Failure} `no_generation`, `incomplete_generation` (stop); `condition_failed` (replan): another has published meanwhile
 */
export async function publishGeneration(room: Room, id: string, options: ChangeOptions): Promise<Published> {
  const { objects, places, now } = room;
  await assertComplete(room, id);
  const live = await liveId(room, options);
  let current = await readCurrent(objects, places, options);
  if (live === id && current?.record.state === 'published')
    return { generation: id, replaced: null, publishedAt: current.record.publishedAt };
  await assertNotOutgrown(room, id, live);
  if (live === ADOPTED) {
    current ??= await noteAdopted(room, options);
    if (room.publish === 'link') await moveAside(room, options);
  }
  const publishedAt = now().toISOString();
  const root = await rootOf(room, id, options);
  const next = { generation: id, root, state: 'published', publishedAt } as const;
  const record = await replacing(room, current?.record ?? null, next, options);
  await MODES[room.publish](room, record, current, options);
  return { generation: id, replaced: live, publishedAt };
}

type Publish = (room: Room, record: CurrentRecord, current: FoundCurrent | null, options: ChangeOptions) => Promise<void>;

const byPointer: Publish = async ({ objects, places }, record, current, options) => {
  await writeCurrent(objects, places, record, current, options);
};

const byLink: Publish = async (room, record, current, options) => {
  const { disk, table, objects, places } = room;
  if (disk === null) throw new TypeError('a link is made in a folder');
  const replaces = await readLink(disk.folder, table);
  await publishLink({ folder: disk.folder, name: table }, { target: record.root, replaces, ...options });
  await writeCurrent(objects, places, record, current, options);
};

const byPrefix: Publish = async (room, record, current, options) => {
  const { objects, places } = room;
  const begun = await writeCurrent(objects, places, { ...record, state: 'copying' }, current, options);
  await fillCopy(room, record.root, options);
  await writeCurrent(objects, places, record, begun, options);
};

const MODES: Readonly<Record<Room['publish'], Publish>> = { link: byLink, pointer: byPointer, prefix: byPrefix };

async function assertComplete({ objects, places }: Room, id: string): Promise<void> {
  const found = await readState(objects, places.record(id));
  if (id === ADOPTED || found?.state.status === 'complete') return;
  throw new Failure({
    kind: 'stop',
    code: found === null ? 'no_generation' : 'incomplete_generation',
    happened: found === null ? `There is no generation ${id}` : `Generation ${id} has not been read back as a whole`,
    remedy: 'Build it first',
  });
}

/** What was added to the live generation after another was grown from it must not be lost. */
async function assertNotOutgrown({ objects, places }: Room, id: string, live: string | null): Promise<void> {
  const grownFrom = (await readState(objects, places.record(id)))?.state.grownFrom ?? null;
  if (grownFrom === null || grownFrom.generation !== live) return;
  const base = await readState(objects, places.record(live));
  if (base === null || base.state.changedAt === grownFrom.changedAt) return;
  throw new Failure({
    kind: 'replan',
    code: 'outgrown_generation',
    happened: `Generation ${id} was grown from ${live}, to which more has been added since`,
    remedy: 'Grow another one from what is live now',
  });
}

/** Gives the store that was there a record and, where its address is about to be taken by a copy, a place among the generations. */
async function noteAdopted(room: Room, options: ChangeOptions): Promise<FoundCurrent> {
  const { objects, places, now, publish } = room;
  const { state } = await openGeneration(room, ADOPTED);
  const isNoted = (await readState(objects, places.record(ADOPTED))) !== null;
  if (!isNoted) await objects.put(stateKey(places.record(ADOPTED)), stateBytes(state), { ...options, condition: 'absent' });
  if (publish === 'prefix') await copyAside(room, options);
  const root = publish === 'pointer' ? places.address : places.group(ADOPTED);
  const next = { generation: ADOPTED, root, state: 'published', publishedAt: now().toISOString() } as const;
  return await writeCurrent(objects, places, await replacing(room, null, next, options), null, options);
}

/** Where the folder was, there is nothing for a moment: a folder cannot be exchanged for a link in one step. A killed run may have noted it and not moved it. */
async function moveAside(room: Room, options: ChangeOptions): Promise<void> {
  const { disk, places } = room;
  if (disk === null || (await rootOf(room, ADOPTED, options)) !== places.address) return;
  await options.fence();
  await rename(join(disk.folder, places.address), join(disk.folder, places.group(ADOPTED)));
  await syncFolder(join(disk.folder, places.generations));
  await syncFolder(disk.folder);
}

async function copyAside({ objects, places }: Room, options: ChangeOptions): Promise<void> {
  const aside = places.group(ADOPTED);
  const last = `${places.address}/.zgroup`;
  await atOnce(8, objects.list(`${places.address}/`, options), async ({ key }) => {
    if (key !== last) await objects.copy(key, `${aside}${key.slice(places.address.length)}`, options);
  });
  await objects.copy(last, `${aside}/.zgroup`, options);
}
