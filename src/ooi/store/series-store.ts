import { join } from 'node:path';
import { makeFolder } from '../../stores/objects/disk-folder.ts';
import { inTurn, underLock } from '../../stores/objects/disk-lock.ts';
import { appendTo } from './append.ts';
import { buildGeneration } from './build.ts';
import type { ChangeOptions, Generation, SeriesStore, StoreOptions } from './contract.ts';
import { expireGenerations, expireReplaced, listGenerations } from './expire.ts';
import { changeUnderWay, noStore } from './failures.ts';
import { openGeneration, openLive, type Room, roomOf } from './generation.ts';
import { generationBefore } from './generation-before.ts';
import { readIntent } from './intent.ts';
import { publishGeneration } from './publish.ts';
import { copyOf, recoverGeneration, recoverReplaced, recoverStore } from './recover.ts';
import { readRequests } from './requests.ts';
import { planOf } from './rules.ts';
import { storedSource } from './stored-source.ts';
import { validateGeneration } from './validate.ts';

export type * from './contract.ts';

/** Opens the store of one stream at a flow's place; nothing is made or changed by that. */
export function openSeriesStore(options: StoreOptions): SeriesStore {
  const room = roomOf(options);
  const { objects, places } = room;
  const planned = room.maximum === undefined ? {} : { maximum: room.maximum };
  const planFor = ({ state }: Generation) => planOf(state.notes, planned);
  const liveOrNone = async (): Promise<Generation> => {
    const live = await openLive(room);
    if (live === null) throw noStore(room.table);
    return live;
  };
  const opened = (id: string | null | undefined): Promise<Generation> =>
    id === null || id === undefined ? liveOrNone() : openGeneration(room, id);
  const recovered = (only: string | undefined, given: ChangeOptions) =>
    only === undefined ? recoverStore(room, given) : recoverGeneration(room, only, given);

  return {
    live: () => openLive(room),
    reach: async () => (await openLive(room, { isGlance: true }))?.state ?? null,
    open: (id) => openGeneration(room, id),
    recover: (given) => alone(room, given, async () => ({ did: await recoverStore(room, given) })),
    append: (input, { into, ...given }) =>
      alone(room, given, async () => {
        await recovered(into, given);
        const generation = await opened(into);
        return appendTo(room, generation, input, await copyOf(room, generation.id, given), given);
      }),
    build: (input, given) => buildGeneration(room, input, null, given),
    async grow(input, { from, ...given }) {
      await alone(room, given, () => recovered(from, given));
      return buildGeneration(room, input, await opened(from), given);
    },
    publish: (id, given) =>
      alone(room, given, async () => {
        await recoverStore(room, given);
        await recoverGeneration(room, id, given);
        return publishGeneration(room, id, given);
      }),
    rollback: ({ to, ...given }) =>
      alone(room, given, async () => {
        await recoverReplaced(room, to, given);
        return publishGeneration(room, to ?? (await generationBefore(room)).id, given);
      }),
    before: () => generationBefore(room),
    generations: () => listGenerations(room),
    expire: (keepMs, given) => alone(room, given, () => expireGenerations(room, keepMs, given)),
    expireReplaced: (keepMs, given) => alone(room, given, () => expireReplaced(room, keepMs, given)),
    async validate(id, given = {}) {
      const generation = await opened(id);
      if ((await readIntent(objects, places.record(generation.id))) !== null) throw changeUnderWay(generation.id);
      return validateGeneration(room, generation, given);
    },
    requests: (id) => readRequests(objects, places.record(id)),
    source: async (generation) => storedSource({ ...generation, plan: planFor(generation) }, 0),
    origins: ({ segments }, from, count) => segments.origins(from, count),
    plan: planFor,
  };
}

/** On disk one change of a table at a time, in whatever process, under the kernel's lock; in a bucket conditions see to it. */
async function alone<T>({ disk, places }: Room, { signal }: Pick<ChangeOptions, 'signal'>, step: () => Promise<T>): Promise<T> {
  if (disk === null) return step();
  const path = join(disk.folder, places.generations);
  await makeFolder(path);
  const root = { path, place: path };
  return inTurn(root, () => underLock(root, signal, step));
}
