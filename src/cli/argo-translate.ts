import { once } from 'node:events';
import { resolve } from 'node:path';
import { toExtendedJson } from '../argo/ejson.ts';
import { ARGO_DEFAULTS } from '../argo/flow.ts';
import { preview } from '../argo/preview.ts';
import { createHdf5Pool } from '../formats/netcdf/hdf5-pool.ts';

/** One JSON line a profile, in load order: what files, or a whole tree, become. No server is needed. */
export async function argoTranslate(root: string, files: readonly string[]): Promise<void> {
  const hdf5 = createHdf5Pool();
  const closed = new AbortController();
  process.stdout.once('error', () => closed.abort());
  try {
    const request = { root: resolve(root), files, sourceUrl: ARGO_DEFAULTS.sourceUrl, hdf5, now: () => new Date() };
    for await (const one of preview(request)) {
      const hasRoom = process.stdout.write(`${toExtendedJson(one)}\n`);
      if (!hasRoom) await once(process.stdout, 'drain', { signal: closed.signal }).catch(() => closed.abort());
      // Nobody reads on: a whole tree is not translated for nothing.
      if (closed.signal.aborted) return;
    }
  } finally {
    await hdf5.close();
  }
}
