import { lstat, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../errors.ts';
import type { WriteOptions } from './contract.ts';
import { diskFailure } from './disk-failures.ts';
import { asideName, isAbsent, rootAt, syncFolder } from './disk-folder.ts';
import { inTurn, underLock } from './disk-lock.ts';
import { conditionFailed } from './failures.ts';
import { checkKey } from './keys.ts';

/** A published address on disk: a relative symbolic link in a folder, which names the generation beside it that readers see. */
export interface PublishedLink {
  readonly folder: string;
  /** The link's name, one part: `CTD`. */
  readonly name: string;
}

/**
 * What the link names, or null where there is none.
 * @throws {Failure} `not_a_link` (stop): a folder or file of that name is in its place.
 */
export async function readPublished({ folder, name }: PublishedLink): Promise<string | null> {
  checkKey(name);
  const path = join(folder, name);
  try {
    if ((await lstat(path)).isSymbolicLink()) return await readlink(path);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw diskFailure(error, 'looking at', { place: folder, key: name });
  }
  throw new Failure({
    kind: 'stop',
    code: 'not_a_link',
    happened: `${path} is not a symbolic link, so no generation can be published there`,
    expected: 'nothing, or a link that Landfall made',
    remedy: 'Move it away, or publish under another name',
  });
}

export interface Publication extends WriteOptions {
  /** Relative to the folder: `.generations/CTD/3`. */
  readonly target: string;
  /** What was read before; null: that there was none. */
  readonly replaces: string | null;
}

/**
 * Makes the link name another generation: whoever opens the address finds the old one or the new one whole.
 * @throws {Failure} `condition_failed` (replan): it names another than was read; `not_a_link`, `bad_key` (stop)
 */
export async function publishLink(link: PublishedLink, { target, replaces, fence, signal }: Publication): Promise<void> {
  const { folder, name } = link;
  const on = { place: folder, key: name };
  checkKey(target);
  const aside = join(folder, asideName());
  try {
    const root = await rootAt(folder, true);
    await inTurn(root, () =>
      underLock(root, signal, async (checkHeld) => {
        const current = await readPublished(link);
        if (current === target) return;
        if (current !== replaces) throw conditionFailed(on, replaces === null ? 'absent' : { version: replaces });
        await symlink(target, aside);
        await fence?.();
        signal?.throwIfAborted();
        checkHeld();
        await rename(aside, join(folder, name));
        await syncFolder(folder);
      }),
    );
  } catch (error) {
    throw diskFailure(error, 'publishing', on);
  } finally {
    await rm(aside, { force: true });
  }
}
