import { once } from 'node:events';
import { resolve } from 'node:path';
import { toExtendedJson } from '../argo/ejson.ts';
import { ARGO_DEFAULTS } from '../argo/flow.ts';
import { preview } from '../argo/preview.ts';
import { errnoOf, Failure, messageOf } from '../errors.ts';
import { createHdf5Pool } from '../formats/netcdf/hdf5-pool.ts';
import { endWithReader } from './output.ts';

/**
 * One JSON line a profile, in load order: what files, or a whole tree, become. No server is needed.
 * @throws {Failure} what `preview` throws, and `unreadable_tree` (stop): a folder of the tree cannot be read.
 */
export async function argoTranslate(root: string, files: readonly string[]): Promise<void> {
  endWithReader();
  const hdf5 = createHdf5Pool();
  try {
    const request = { root: resolve(root), files, sourceUrl: ARGO_DEFAULTS.sourceUrl, hdf5, now: () => new Date() };
    for await (const one of preview(request)) {
      if (!process.stdout.write(`${toExtendedJson(one)}\n`)) await once(process.stdout, 'drain');
    }
  } catch (error) {
    if (errnoOf(error) === undefined || !(error instanceof Error && 'syscall' in error)) throw error;
    throw new Failure({
      kind: 'stop',
      code: 'unreadable_tree',
      happened: `${resolve(root)} could not be read to its end: ${messageOf(error)}`,
      remedy: 'Give this user the right to read it, or look at its disk',
      cause: error,
    });
  } finally {
    await hdf5.close();
  }
}
