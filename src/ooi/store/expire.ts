import type { ChangeOptions, GenerationInfo } from './contract.ts';
import { readCurrent } from './current.ts';
import { liveId, type Room, rootOf } from './generation.ts';
import { ADOPTED } from './places.ts';
import { removeAll } from './remove.ts';
import { readState } from './state.ts';

/** Every generation that has a record, oldest first. */
export async function listGenerations(room: Room): Promise<readonly GenerationInfo[]> {
  const { objects, places } = room;
  const ids = new Set<string>();
  for await (const { key } of objects.list(`${places.generations}/`)) {
    const [, id] = /^([^/]+)\.landfall\/state\.json$/.exec(key.slice(places.generations.length + 1)) ?? [];
    if (id !== undefined) ids.add(id);
  }
  const live = await liveId(room);
  const current = await readCurrent(objects, places);
  const infos: GenerationInfo[] = [];
  for (const id of ids) {
    const found = await readState(objects, places.record(id));
    if (found === null) continue;
    const before = current?.record.before.findLast(({ generation }) => generation === id);
    const isLive = id === live;
    const publishedAt = current?.record.generation === id ? current.record.publishedAt : (before?.publishedAt ?? null);
    infos.push({
      id,
      root: await rootOf(room, id),
      isLive,
      state: found.state,
      replacedAt: isLive ? null : (before?.replacedAt ?? null),
      publishedAt,
    });
  }
  return infos.toSorted((a, b) => (a.state.madeAt === b.state.madeAt ? (a.id < b.id ? -1 : 1) : a.state.madeAt < b.state.madeAt ? -1 : 1));
}

/** What was built and never published may still be under way, or wait for an answer, however short replaced ones are kept. */
const UNPUBLISHED_MS = 14 * 86_400_000;

/** A time that cannot be read is no reason to delete anything. */
const isBefore = (iso: string, limitMs: number): boolean => Date.parse(iso) <= limitMs;

/** Deletes what nobody can roll back to any more; never what somebody else wrote, wherever it lies now: only people know whether there is a copy. */
export async function expireGenerations(
  room: Room,
  keepMs: number,
  options: Pick<ChangeOptions, 'fence' | 'signal'>,
): Promise<readonly string[]> {
  const now = room.now().getTime();
  const gone: string[] = [];
  for (const { id, root, isLive, replacedAt, state } of await listGenerations(room)) {
    const kept = replacedAt === null ? Math.max(keepMs, UNPUBLISHED_MS) : keepMs;
    if (isLive || id === ADOPTED || !isBefore(replacedAt ?? state.changedAt, now - kept)) continue;
    await removeGeneration(room, id, root, options);
    gone.push(id);
  }
  return gone;
}

/** The same for those that were replaced alone, which are known without a list of all objects: for every day. */
export async function expireReplaced(
  room: Room,
  keepMs: number,
  options: Pick<ChangeOptions, 'fence' | 'signal'>,
): Promise<readonly string[]> {
  const { objects, places } = room;
  const [current, live] = [await readCurrent(objects, places, options), await liveId(room, options)];
  const latest = room.now().getTime() - keepMs;
  const gone: string[] = [];
  for (const { generation: id, replacedAt } of current?.record.before ?? []) {
    if (id === live || id === ADOPTED || !isBefore(replacedAt, latest) || (await readState(objects, places.record(id), options)) === null)
      continue;
    await removeGeneration(room, id, await rootOf(room, id, options), options);
    gone.push(id);
  }
  return gone;
}

/** The record goes last, so that a cut deletion is taken up again. */
async function removeGeneration(
  { objects, places }: Room,
  id: string,
  root: string,
  options: Pick<ChangeOptions, 'fence' | 'signal'>,
): Promise<void> {
  await removeAll(objects, `${root}/`, options);
  await removeAll(objects, `${places.report(id)}/`, options);
  const record = places.record(id);
  for (const folder of ['intent', 'requests', 'rows']) await removeAll(objects, `${record}/${folder}/`, options);
  await removeAll(objects, `${record}/`, options);
}
