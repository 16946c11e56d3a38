import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { Db } from 'mongodb';
import { argoCollections } from '../../../src/argo/collections.ts';
import { type ArgoFlow, argoFlowSchema } from '../../../src/argo/flow.ts';
import { defaultJournal } from '../../../src/argo/mirror-source.ts';
import { applyCollections } from '../../../src/stores/collections.ts';
import { type Gdac, startGdac } from '../../../standins/gdac/gdac.ts';
import type { World } from '../../../standins/gdac/world.ts';
import type { DevHome } from './dev-home.ts';
import { compared, type Remains, remainsOf, wrongsOf } from './remains.ts';
import type { Scenario } from './scenario.ts';

export const WORLD: World = { seed: 31, floats: 9, cyclesPerFloat: 7 };
/** Played between the first night and the later one: about a third of the profiles change, some go. */
const NIGHTS_BETWEEN = 6;
/** Slow enough that a copy takes some seconds. KiB/s. */
const BANDWIDTH = { first: 120, later: 40 } as const;
/** Where a night may be struck, and how often. */
export const NIGHT_PHASES = { starting: 1, list: 3, copy: 4, plan: 2, load: 4, record: 1 } as const;

/** A flow with its source as it is before and after some nights. */
export interface NightSite {
  readonly dev: DevHome;
  readonly flow: ArgoFlow;
  readonly products: Db;
  readonly before: Gdac;
  readonly after: Gdac;
  /** Whether mirror and collections are known to be as a first night leaves them. */
  isAfterFirst: boolean;
  stop(): Promise<void>;
}

export async function nightSite(dev: DevHome): Promise<NightSite> {
  const before = await startGdac({ ...WORLD, folder: join(dev.folder, 'gdac-before') });
  const after = await startGdac({ ...WORLD, folder: join(dev.folder, 'gdac-after') });
  for (let night = 1; night <= NIGHTS_BETWEEN; night += 1) await after.playNight(night);
  await before.setFaults({ bandwidthKiB: BANDWIDTH.first });
  await after.setFaults({ bandwidthKiB: BANDWIDTH.later });
  const flow = writeFlow(dev, before);
  const products = dev.database.products(flow.database);
  await applyCollections(products, argoCollections(flow.collections));
  const stop = async () => void (await Promise.all([before.stop(), after.stop()]));
  return { dev, flow, products, before, after, isAfterFirst: false, stop };
}

function writeFlow(dev: DevHome, { url }: Gdac): ArgoFlow {
  const [upstream, load] = [{ rsync: url }, { batch: 7, width: 2 }];
  const written = { name: 'chaos', kind: 'argo', upstream, mirror: join(dev.folder, 'mirror'), load };
  writeFileSync(join(dev.home, 'flows', 'chaos.yaml'), JSON.stringify(written));
  return argoFlowSchema.parse(written);
}

/** The first night, which brings everything. */
export const firstNight = (site: NightSite): Scenario =>
  night(site, {
    name: 'first night',
    source: site.before,
    prepare: () => forget(site),
    onRight: () => {
      site.isAfterFirst = true;
    },
  });

/** A later night: files that are new, changed, renamed, touched and gone. It begins where a right first night ended. */
export const laterNight = (site: NightSite): Scenario =>
  night(site, {
    name: 'later night',
    source: site.after,
    prepare: () => bringToFirst(site),
    onRight: () => undefined,
  });

/** Brings mirror and collections to where a first night leaves them. */
export async function bringToFirst(site: NightSite): Promise<void> {
  if (site.isAfterFirst) return;
  await forget(site);
  writeFlow(site.dev, site.before);
  await site.before.setFaults({});
  const run = await start(site);
  await run.result();
  await site.before.setFaults({ bandwidthKiB: BANDWIDTH.first });
}

interface NightKind {
  readonly name: string;
  readonly source: Gdac;
  readonly prepare: () => Promise<void>;
  readonly onRight: () => void;
}

function night(site: NightSite, { name, source, prepare, onRight }: NightKind): Scenario {
  let undisturbed: Remains | null = null;
  return {
    name,
    mirror: site.flow.mirror,
    async prepare() {
      await prepare();
      writeFlow(site.dev, source);
    },
    start: () => start(site),
    async wrongs(run, result) {
      const remains = await remainsOf(site, result);
      undisturbed ??= remains;
      const wrongs = [...(await wrongsOf(site, source, run, result)), ...compared(undisturbed, remains)];
      if (wrongs.length === 0) onRight();
      return wrongs;
    },
  };
}

async function start(site: NightSite): Promise<WorkflowHandleWithFirstExecutionRunId> {
  site.isAfterFirst = false;
  const { client } = site.dev;
  return await client.workflow.start('mirror', { taskQueue: 'landfall', workflowId: 'mirror/chaos', args: [{ flow: site.flow.name }] });
}

/** As if the flow had never run. */
async function forget(site: NightSite): Promise<void> {
  for (const folder of [site.flow.mirror, defaultJournal(site.flow.mirror)]) rmSync(folder, { recursive: true, force: true });
  await forgetLoaded(site);
}

/** As if nothing had been loaded from the mirror. */
export async function forgetLoaded({ dev, flow, products }: NightSite): Promise<void> {
  for (const name of Object.values(flow.collections)) await products.collection(name).deleteMany({});
  for (const name of ['receipts', 'quarantine']) await dev.database.book.collection(name).deleteMany({ flow: flow.name });
}
