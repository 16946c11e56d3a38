import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../errors.ts';
import type { FetchedFile } from '../../transfer/fetched.ts';
import { fetchOverHttp } from '../../transfer/http-fetch.ts';
import { fetchOverRsync } from '../../transfer/rsync-fetch.ts';
import type { ArgoFlow } from '../flow.ts';
import { LARGEST_BYTES } from '../read.ts';

/** Fetches files of one profile again from where they come from; never from the mirror. */
export type FetchUpstream = (flow: ArgoFlow, paths: readonly string[], signal: AbortSignal) => Promise<readonly FetchedFile[]>;

export interface FetchSettings {
  /** Folders of files under way are made, and removed, in it. */
  readonly scratch: string;
  /** Between two requests to one host. */
  readonly pauseMs: number;
  readonly password: (flow: ArgoFlow) => Promise<string | undefined>;
}

/** From the flow's `verify.source` where it names one, else from its rsync daemon. */
export function upstreamFetcher({ scratch, pauseMs, password }: FetchSettings): FetchUpstream {
  return async (flow, paths, signal) => {
    const { timeoutMs, source } = flow.verify;
    const common = { paths, maxBytes: LARGEST_BYTES, timeoutMs, signal };
    if (source !== undefined) return await fetchOverHttp({ ...common, base: source, pauseMs });
    const secret = await password(flow);
    const { rsync: url, timeoutMs: silenceMs, connectTimeoutMs, bytesPerSecond } = flow.upstream;
    return await inScratch(scratch, (folder) =>
      fetchOverRsync({
        ...common,
        folder,
        source: {
          url,
          timeoutSeconds: silenceMs / 1000,
          connectTimeoutSeconds: connectTimeoutMs / 1000,
          ...(bytesPerSecond === undefined ? {} : { bandwidthKiBps: bytesPerSecond / 1024 }),
        },
        ...(secret === undefined ? {} : { password: secret }),
      }),
    );
  };
}

const PREFIX = 'fetch-';
/** Longer than any fetch takes: what is older was left by a process that was killed. */
const LEFT_BEHIND_MS = 3_600_000;

async function inScratch<T>(scratch: string, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(scratch, { recursive: true });
  await sweep(scratch);
  const folder = await mkdtemp(join(scratch, PREFIX));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sweep(scratch: string): Promise<void> {
  for (const name of await readdir(scratch)) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(scratch, name);
    if (Date.now() - (await changedMs(folder)) > LEFT_BEHIND_MS) await rm(folder, { recursive: true, force: true });
  }
}

/** Now, when another worker has just removed it. */
async function changedMs(folder: string): Promise<number> {
  try {
    return (await stat(folder)).mtimeMs;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return Date.now();
    throw error;
  }
}
