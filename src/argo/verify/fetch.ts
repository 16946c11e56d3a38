import type { FetchedFile } from '../../transfer/fetched.ts';
import { fetchOverHttp } from '../../transfer/http-fetch.ts';
import { fetchOverRsync } from '../../transfer/rsync-fetch.ts';
import { inScratchFolder } from '../../transfer/scratch.ts';
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
    return await inScratchFolder({ parent: scratch, prefix: 'fetch-', leftBehindMs: LEFT_BEHIND_MS }, (folder) =>
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

/** Longer than any fetch takes. */
const LEFT_BEHIND_MS = 3_600_000;
