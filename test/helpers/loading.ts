import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Db } from 'mongodb';
import { argoCollections } from '../../src/argo/collections.ts';
import { type ArgoFlow, argoFlowSchema } from '../../src/argo/flow.ts';
import { ProfileLoader } from '../../src/argo/load.ts';
import type { LoaderDependencies, LoadRequest } from '../../src/argo/load-request.ts';
import { keyText } from '../../src/argo/names.ts';
import { listPlatforms, profilesOf } from '../../src/argo/tree.ts';
import { createHdf5Pool } from '../../src/formats/netcdf/hdf5-pool.ts';
import { createLog } from '../../src/observe/log.ts';
import { applyCollections } from '../../src/stores/collections.ts';
import { type Fence, Leases } from '../../src/stores/leases.ts';
import type { Database } from '../../src/stores/mongo.ts';
import type { PageOutcome } from '../../src/stores/plans.ts';
import { Quarantine } from '../../src/stores/quarantine.ts';
import { Receipts } from '../../src/stores/receipts.ts';
import { applyNight, writeTree } from '../../standins/gdac/tree.ts';
import type { World } from '../../standins/gdac/world.ts';

/** A mirror as a copy would leave it, and all that loads it, without workflows. */
export interface LoadSite {
  readonly flow: ArgoFlow;
  readonly leases: Leases;
  readonly receipts: Receipts;
  readonly quarantine: Quarantine;
  readonly fence: Fence;
  readonly products: Db;
  /** Brings the mirror to a later night. */
  playNight(night: number): Promise<void>;
  /** Keys of every profile that has any file in the mirror, and those given. */
  keys(...more: readonly string[]): Promise<readonly string[]>;
  load(items: readonly string[], options?: Partial<LoadRequest>, use?: Partial<LoaderDependencies>): Promise<PageOutcome>;
  close(): Promise<void>;
}

export async function openSite(database: Database, folder: string, name: string, world: World): Promise<LoadSite> {
  const mirror = join(folder, name, 'mirror');
  mkdirSync(mirror, { recursive: true });
  await writeTree(world, 0, mirror);
  const flow = argoFlowSchema.parse({
    name,
    kind: 'argo',
    upstream: { rsync: 'rsync://127.0.0.1:1/argo/' },
    mirror,
    database: `products-${name}`,
  });
  const products = database.products(flow.database);
  await applyCollections(products, argoCollections(flow.collections));

  const hdf5 = createHdf5Pool();
  const stores = { receipts: new Receipts(database), quarantine: new Quarantine(database) };
  const log = createLog({ level: 'error', format: 'json' });
  const leases = new Leases(database);
  const taken = await leases.take(name, { job: 'mirror', workflowId: `mirror/${name}`, runId: 'run' }, new Date(), async () => false);
  if (taken.state !== 'taken') throw new Error(`the lease of ${name} is not free`);
  return {
    ...stores,
    flow,
    leases,
    products,
    fence: taken.fence,
    playNight: async (night) => void (await applyNight(world, night, mirror, join(folder, name, 'incoming'))),
    async keys(...more) {
      const found = new Set(more);
      for await (const platform of listPlatforms(mirror))
        for (const number of (await profilesOf(mirror, platform)).keys()) found.add(keyText({ ...platform, number }));
      return [...found].toSorted();
    },
    load(items, options = {}, use = {}) {
      const loader = new ProfileLoader({ ...stores, database, leases, hdf5, log, now: () => new Date(), ...use });
      const signal = new AbortController().signal;
      return loader.load({
        flow,
        items,
        run: 'run-1',
        fence: taken.fence,
        isForced: false,
        acceptsEmptyMirror: false,
        isPatienceOver: false,
        signal,
        onChunk: () => undefined,
        ...options,
      });
    },
    close: () => hdf5.close(),
  };
}
