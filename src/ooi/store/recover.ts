import { isFailure } from '../../errors.ts';
import { publishLink, readPublished } from '../../stores/objects/disk-link.ts';
import { applyIntent } from './apply.ts';
import type { ChangeOptions } from './contract.ts';
import { type FoundCurrent, readCurrent, writeCurrent } from './current.ts';
import { linkedId, liveId, type Room, readLink, rootOf } from './generation.ts';
import { readIntent } from './intent.ts';
import { fillCopy } from './publish-copy.ts';
import { replacing } from './replacing.ts';
import { stateKey } from './state.ts';

/** Ends what was begun: a publication first, then a change of the live generation. What it did, in sentences. */
export async function recoverStore(room: Room, options: ChangeOptions): Promise<readonly string[]> {
  const published = await endPublication(room, options);
  const live = await liveId(room, options);
  return [...published, ...(live === null ? [] : await recoverGeneration(room, live, options))];
}

/**
 * The same before generation `to` (none: the one before) takes the place of the live one: what can never be ended there does not keep it. The
 * intent stays, so that nothing is added to what was left half changed.
 */
export async function recoverReplaced(room: Room, to: string | undefined, options: ChangeOptions): Promise<void> {
  try {
    await recoverStore(room, options);
  } catch (error) {
    if (!isFailure(error, 'damaged_change') || (await liveId(room, options)) === to) throw error;
  }
}

/** Ends a change of one generation: whoever builds beside the live one has no say over that, which its own writer may be changing. */
export async function recoverGeneration(room: Room, id: string, options: ChangeOptions): Promise<readonly string[]> {
  const intent = await readIntent(room.objects, room.places.record(id), options);
  if (intent === null) return [];
  const isDone = await applyIntent(room, intent, await copyOf(room, id, options), options);
  return [isDone ? `Ended a change of generation ${id} (${intent.says})` : `Dropped a change of generation ${id} that came too late`];
}

/** The prefix of the copy that readers see of a generation; null: they see the generation itself. */
export async function copyOf(room: Room, id: string, options: ChangeOptions): Promise<string | null> {
  if (room.publish !== 'prefix') return null;
  const current = await readCurrent(room.objects, room.places, options);
  const isCopied = current?.record.generation === id && current.record.root !== room.places.address;
  return isCopied ? room.places.address : null;
}

async function endPublication(room: Room, options: ChangeOptions): Promise<readonly string[]> {
  const current = await readCurrent(room.objects, room.places, options);
  if (room.publish === 'prefix') return current?.record.state === 'copying' ? endCopy(room, current, options) : [];
  return room.publish === 'link' ? endLink(room, current, options) : [];
}

/** On disk the link says which generation is live; the record follows it, and where the link is missing it follows the record. */
async function endLink(room: Room, current: FoundCurrent | null, options: ChangeOptions): Promise<readonly string[]> {
  const { disk, table, places, now, objects } = room;
  if (disk === null) return [];
  const linked = await linkedId(room);
  if (linked === null) {
    if (current === null || (await readLink(disk.folder, table)) !== null) return [];
    const root = await rootOf(room, current.record.generation, options);
    if (root === places.address) return [];
    await publishLink(
      { folder: disk.folder, name: table },
      { target: root, replaces: await readPublished({ folder: disk.folder, name: table }), ...options },
    );
    return [`Set the link ${table} to generation ${current.record.generation}`];
  }
  if (current?.record.generation === linked) return [];
  const next = { generation: linked, root: places.group(linked), state: 'published', publishedAt: now().toISOString() } as const;
  await writeCurrent(objects, places, await replacing(room, current?.record ?? null, next, options), current, options);
  return [`Noted that generation ${linked} is live`];
}

/** Forward where the new generation is whole, else back to the one before. */
async function endCopy(room: Room, current: FoundCurrent, options: ChangeOptions): Promise<readonly string[]> {
  const { objects, places, now } = room;
  const { record } = current;
  const isThere = (id: string) => objects.stat(stateKey(places.record(id)), options).then((found) => found !== null);
  if (await isThere(record.generation)) {
    await fillCopy(room, await rootOf(room, record.generation, options), options);
    await writeCurrent(objects, places, { ...record, state: 'published' }, current, options);
    return [`Ended the publication of generation ${record.generation}`];
  }
  const before = record.before.at(-1);
  if (before === undefined) return [];
  const root = await rootOf(room, before.generation, options);
  await fillCopy(room, root, options);
  const next = { generation: before.generation, root, state: 'published', publishedAt: now().toISOString() } as const;
  await writeCurrent(
    objects,
    places,
    { ...(await replacing(room, record, next, options)), before: record.before.slice(0, -1) },
    current,
    options,
  );
  return [`Took back the publication of generation ${record.generation}, which is gone; ${before.generation} is live`];
}
