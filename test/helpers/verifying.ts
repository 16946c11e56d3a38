import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DrawnSample, DrawRequest } from '../../src/argo/verify/draw.ts';
import { drawSample } from '../../src/argo/verify/draw.ts';
import type { FetchUpstream } from '../../src/argo/verify/fetch.ts';
import { type Verified, Verifier, type VerifyRequest } from '../../src/argo/verify/verifier.ts';
import { createHdf5Pool } from '../../src/formats/netcdf/hdf5-pool.ts';
import { createLog } from '../../src/observe/log.ts';
import type { Database } from '../../src/stores/mongo.ts';
import { Plans } from '../../src/stores/plans.ts';
import { Verifications } from '../../src/stores/verifications.ts';
import { DownloadFailure } from '../../src/transfer/fetched.ts';
import type { LoadSite } from './loading.ts';

/** A check without workflows: its upstream is the mirror's folder, so that what differs is what a test made differ. */
export interface VerifySite {
  readonly plans: Plans;
  readonly verifications: Verifications;
  verify(id: string, plan: string, use?: { readonly fetchUpstream?: FetchUpstream; readonly now?: () => Date }): Promise<Verified>;
  draw(request?: Partial<DrawRequest>): Promise<DrawnSample>;
  /** Fetches from the mirror's folder. */
  readonly fetchUpstream: FetchUpstream;
  close(): Promise<void>;
}

export function openVerifySite(database: Database, site: LoadSite): VerifySite {
  const { flow, leases, receipts, quarantine, fence } = site;
  const hdf5 = createHdf5Pool();
  const log = createLog({ level: 'error', format: 'json' });
  const plans = new Plans(database);
  const verifications = new Verifications(database);
  const fetchUpstream: FetchUpstream = ({ mirror }, paths) =>
    Promise.all(
      paths.map(async (path) => ({
        path,
        bytes: await readFile(join(mirror, path)).catch(() => Promise.reject(new DownloadFailure('stop', path, 'it is not there'))),
      })),
    );
  return {
    plans,
    verifications,
    fetchUpstream,
    verify(id, plan, use = {}) {
      const now = (): Date => new Date();
      const verifier = new Verifier({ database, leases, receipts, quarantine, verifications, fetchUpstream, hdf5, log, now, ...use });
      const request: VerifyRequest = { flow, id, plan, run: plan, fence, isPatienceOver: true, signal: new AbortController().signal };
      return verifier.verify(request);
    },
    draw: (request = {}) =>
      drawSample({ database, plans, receipts }, { flow, sample: 20, seed: 1, now: new Date(), onTick: () => undefined, ...request }),
    close: () => hdf5.close(),
  };
}
