import { createHash } from 'node:crypto';
import { cpSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { Failure } from '../../src/errors.ts';
import { openSeriesStore, type PublishMode, type SeriesStore } from '../../src/ooi/store/series-store.ts';
import type { ObjectStore } from '../../src/stores/objects/contract.ts';
import { openDisk } from '../../src/stores/objects/disk.ts';
import { openS3 } from '../../src/stores/objects/s3.ts';
import type { TestObjectServer } from './object-server.ts';
import { room } from './room.ts';

export const TABLE = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';

/** A flow's place that can be cloned and looked into as files. */
export interface SeriesPlace {
  readonly mode: PublishMode;
  /** The objects as files, for tests only. */
  readonly folder: string;
  readonly objects: ObjectStore;
  store(objects?: ObjectStore): SeriesStore;
  clone(): Promise<SeriesPlace>;
  remove(): Promise<void>;
}

/** A clock that stands: what is made twice has the same times. */
const now = () => new Date(Date.UTC(2024, 5, 1));

export async function diskPlace(): Promise<SeriesPlace> {
  return diskPlaceAt(await mkdtemp(join(room, 'landfall-series-')));
}

export async function diskPlaceAt(folder: string): Promise<SeriesPlace> {
  const objects = await openDisk({ folder });
  return {
    mode: 'link',
    folder,
    objects,
    store: (given = objects) =>
      openSeriesStore({ objects: given, disk: { folder }, table: TABLE, publish: 'link', codec: 'zstd', windowRows: 16, now }),
    async clone() {
      const target = await mkdtemp(join(room, 'landfall-series-'));
      cpSync(folder, target, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
      return diskPlaceAt(target);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

let places = 0;

export async function bucketPlace(server: TestObjectServer, mode: 'pointer' | 'prefix', name = `p${places++}`): Promise<SeriesPlace> {
  const objects = await openS3(server.options('series', name));
  const folder = join(server.home, 's3/data/series', name);
  return {
    mode,
    folder,
    objects,
    store: (given = objects) =>
      openSeriesStore({ objects: given, disk: null, table: TABLE, publish: mode, codec: 'zstd', windowRows: 32, now }),
    async clone() {
      const other = `p${places++}`;
      await execa('cp', ['-a', folder, join(server.home, 's3/data/series', other)]);
      return bucketPlace(server, mode, other);
    },
    async remove() {
      objects.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The same objects until so many changes were made; from then on nothing works any more, as after a kill. */
export function endingAfter(objects: ObjectStore, writes: number): { readonly objects: ObjectStore; isEnded(): boolean } {
  let left = writes;
  let ended = false;
  const change = async <T>(step: () => Promise<T>): Promise<T> => {
    if (left <= 0) {
      ended = true;
      throw new Failure({ kind: 'again', code: 'killed', happened: 'The process is dead' });
    }
    left--;
    return step();
  };
  return {
    isEnded: () => ended,
    objects: {
      ...objects,
      put: (key, body, options) => change(() => objects.put(key, body, options)),
      copy: (from, to, options) => change(() => objects.copy(from, to, options)),
      delete: (key, options) => change(() => objects.delete(key, options)),
    },
  };
}

/** Dies right after it has written a key that ends so. */
export const dyingAfter = (objects: ObjectStore, ending: string): ObjectStore => ({
  ...objects,
  async put(key, body, options) {
    const stored = await objects.put(key, body, options);
    if (key.endsWith(ending)) throw new Failure({ kind: 'again', code: 'killed', happened: 'The process is dead' });
    return stored;
  },
});

/** A fence that holds until it was asked so often; everything that changes a place asks it first, the exchange of a link among it. */
export function fencedUntil(asked: number): { fence(): Promise<void>; isEnded(): boolean } {
  let left = asked;
  return {
    isEnded: () => left < 0,
    async fence() {
      if (left-- <= 0) {
        left = -1;
        throw new Failure({ kind: 'again', code: 'killed', happened: 'The process is dead' });
      }
    },
  };
}

/**
 * The same objects, changed one after another, and looked at before and after each change: what is there then is what a kill at that moment
 * leaves. Before it only in a folder, where a link is exchanged without them.
 */
export function lookedAtAroundEach({ objects, mode }: Pick<SeriesPlace, 'objects' | 'mode'>, look: () => Promise<void>): ObjectStore {
  let last: Promise<unknown> = Promise.resolve();
  const change = <T>(step: () => Promise<T>): Promise<T> => {
    const before = last;
    const changed = (async () => {
      await before;
      if (mode === 'link') await look();
      const outcome = await step();
      await look();
      return outcome;
    })();
    last = changed.catch(() => undefined);
    return changed;
  };
  return {
    ...objects,
    put: (key, body, options) => change(() => objects.put(key, body, options)),
    copy: (from, to, options) => change(() => objects.copy(from, to, options)),
    delete: (key, options) => change(() => objects.delete(key, options)),
  };
}

/** Digest of every object below the place by its key; links as what they name. */
export async function contentOf({ folder }: SeriesPlace): Promise<Readonly<Record<string, string>>> {
  const content: Record<string, string> = {};
  for (const entry of (await readdir(folder, { recursive: true })).toSorted()) {
    const path = join(folder, entry);
    if (entry.includes('.landfall-') || !(await stat(path)).isFile() || entry.startsWith(`${TABLE}/`)) continue;
    content[entry] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  }
  for (const entry of await readdir(join(folder, TABLE), { recursive: true }).catch(() => [])) {
    const path = join(folder, TABLE, entry);
    if ((await stat(path)).isFile())
      content[`${TABLE}/${entry}`] = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
  }
  return content;
}

/** What readers can come across, without the record beside it: the same text means that they see the same. */
export const visibleIn = (content: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(content).filter(([key]) => !key.includes('.landfall/')));
