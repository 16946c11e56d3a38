import { Failure } from '../errors.ts';
import type { PageOutcome } from '../stores/plans.ts';
import { ahead } from './ahead.ts';
import { type ChunkEnd, ChunkLoader, type ProfileEnd } from './load-chunk.ts';
import type { LoaderDependencies, LoadRequest } from './load-request.ts';
import { keyText, listName, type ProfileKey, parseKeyText } from './names.ts';
import { bytesOf, type Prepared, prepare } from './prepare.ts';
import type { ProfileGroup } from './select.ts';
import { groupsOf, isEmptyMirror, type PlatformGroups } from './tree.ts';

/** Profiles between two writes: what a killed attempt repeats. Below a hundred each document costs the database noticeably more. */
const CHUNK_PROFILES = 128;
/** Source bytes between two writes: bounds memory where profiles are large (a deep BGC profile is up to 1 MB). */
const CHUNK_BYTES = 8 * 1024 * 1024;
/** Profiles read and translated ahead of the writing. */
const AHEAD = 16;

/** Makes the collections equal to what the mirror holds now, for the profiles asked for. Safe to repeat after any kill. */
export class ProfileLoader {
  readonly #use: LoaderDependencies;

  constructor(dependencies: LoaderDependencies) {
    this.#use = dependencies;
  }

  /**
   * Removals first, then loads: a float that moved to another DAC loses its documents under one and gets them back under the other.
   * Inside a platform profiles go in byte order of the list's lines, which is what numbers its metadata documents.
   */
  async load(request: LoadRequest): Promise<PageOutcome> {
    const { flow, run, items, signal, onChunk } = request;
    const { load, gone, moved } = await choose(flow.mirror, items);
    if (gone.length > 0 && !request.acceptsEmptyMirror && (await isEmptyMirror(flow.mirror))) throw emptyMirror(flow.mirror);
    const keys = [...load, ...gone, ...moved].map(keyText);
    const known = await this.#use.receipts.find(flow.name, keys);
    const quarantined = await this.#use.quarantine.openAmong(flow.name, keys);
    const chunks = new ChunkLoader(this.#use, request, { known, quarantined });

    const ends = new Map<string, ProfileEnd>();
    let bytes = 0;
    const finish = (chunk: ChunkEnd): void => {
      signal.throwIfAborted();
      for (const [profile, end] of chunk.ends) ends.set(profile, end);
      bytes += chunk.bytes;
      onChunk(ends.size);
    };
    await chunks.forget(moved);
    for (let from = 0; from < gone.length; from += CHUNK_PROFILES) finish(await chunks.remove(gone.slice(from, from + CHUNK_PROFILES)));

    const movedNames = new Set(moved.map(listName));
    const prepared = ahead(load, AHEAD, (group) => {
      signal.throwIfAborted();
      const isForced = request.isForced || movedNames.has(listName(group));
      return prepare({ ...this.#use, flow, run }, group, known.get(keyText(group)), isForced);
    });
    for await (const chunk of inChunks(prepared)) finish(await chunks.write(chunk));
    return tally(ends, bytes);
  }
}

/** What the mirror holds now of these profiles, whatever the list said. */
export async function choose(root: string, items: readonly string[]): Promise<PlatformGroups> {
  const load: ProfileGroup[] = [];
  const gone: ProfileKey[] = [];
  const moved: ProfileKey[] = [];
  for (const [wmo, profiles] of byPlatform(items)) {
    const groups = await groupsOf(root, { wmo, profiles });
    load.push(...groups.load);
    gone.push(...groups.gone);
    moved.push(...groups.moved);
  }
  return { load, gone, moved };
}

/** Not even a folder of a float: more likely a disk that is not mounted than an ocean without floats. */
export const emptyMirror = (mirror: string): Failure =>
  new Failure({
    kind: 'again',
    code: 'mirror_empty',
    happened: `The mirror ${mirror} holds no float at all, so nothing is removed on its word`,
    remedy: 'Check that its disk is mounted; the load goes on by itself when it is',
    retryAfterMs: 30_000,
  });

function tally(ends: ReadonlyMap<string, ProfileEnd>, bytes: number): PageOutcome {
  const count = (wanted: ProfileEnd): number => [...ends.values()].filter((end) => end === wanted).length;
  return { loaded: count('loaded'), unchanged: count('unchanged'), rejected: count('rejected'), removed: count('removed'), bytes };
}

function byPlatform(items: readonly string[]): ReadonlyMap<string, readonly ProfileKey[]> {
  const platforms = new Map<string, Map<string, ProfileKey>>();
  for (const item of items) {
    const key = parseKeyText(item);
    if (key === null) continue;
    const profiles = platforms.get(key.wmo) ?? new Map<string, ProfileKey>();
    platforms.set(key.wmo, profiles.set(keyText(key), key));
  }
  return new Map([...platforms].map(([wmo, profiles]) => [wmo, [...profiles.values()]]));
}

async function* inChunks(all: AsyncIterable<Prepared>): AsyncGenerator<readonly Prepared[], void, undefined> {
  let chunk: Prepared[] = [];
  let bytes = 0;
  for await (const one of all) {
    chunk.push(one);
    bytes += bytesOf(one);
    if (chunk.length < CHUNK_PROFILES && bytes < CHUNK_BYTES) continue;
    yield chunk;
    chunk = [];
    bytes = 0;
  }
  if (chunk.length > 0) yield chunk;
}
