import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { Db } from 'mongodb';
import { argoCollections } from '../../src/argo/collections.ts';
import { type ArgoFlow, argoFlowSchema } from '../../src/argo/flow.ts';
import { type Embedded, startEmbedded } from '../../src/embedded/embedded.ts';
import { temporalProgram } from '../../src/embedded/temporal.ts';
import { bookCollections } from '../../src/stores/collection-spec.ts';
import { applyCollections } from '../../src/stores/collections.ts';
import { connectDatabase, type Database } from '../../src/stores/mongo.ts';
import { Quarantine } from '../../src/stores/quarantine.ts';
import { Receipts } from '../../src/stores/receipts.ts';
import { Runs } from '../../src/stores/runs.ts';
import { type Gdac, type GdacState, startGdac } from '../../standins/gdac/gdac.ts';
import type { World } from '../../standins/gdac/world.ts';
import type { MirrorInput, MirrorResult, MirrorWorkflow } from '../../workflows/argo/mirror.ts';
import type { ProgressAnswer } from '../../workflows/common/messages.ts';
import { until } from './processes.ts';
import { checkProducts } from './products.ts';
import { room } from './room.ts';
import { startWorker, type WorkerProcess } from './worker.ts';

/** Real servers, and a home that workers share. */
export interface Site {
  readonly home: string;
  readonly client: Client;
  readonly database: Database;
  readonly runs: Runs;
  readonly receipts: Receipts;
  readonly quarantine: Quarantine;
  worker(env?: Readonly<Record<string, string>>, options?: readonly string[]): Promise<WorkerProcess>;
  /** A flow of its own: stand-in, mirror, collections. Its stand-in stops with the site. */
  flow(name: string, world: World, keys?: FlowKeys): Promise<FlowSite>;
  stop(): Promise<void>;
}

export interface FlowKeys {
  readonly upstream?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** A night under way. */
export type Night = WorkflowHandleWithFirstExecutionRunId<MirrorWorkflow>;

export interface FlowSite {
  readonly flow: ArgoFlow;
  readonly gdac: Gdac;
  readonly products: Db;
  /** Starts a night; by its usual id unless told otherwise. */
  start(input?: Partial<MirrorInput>, workflowId?: string): Promise<Night>;
  run(input?: Partial<MirrorInput>): Promise<MirrorResult>;
  /** How the documents differ from what the stand-in says they must be; empty when they do not. */
  wrongs(): Promise<readonly string[]>;
}

export interface SiteOptions {
  /** Sets the Temporal server's dynamic configuration. */
  readonly dynamicConfig?: Readonly<Record<string, string>>;
}

export async function startSite(options: SiteOptions = {}): Promise<Site> {
  const home = mkdtempSync(join(room, 'landfall-site-'));
  mkdirSync(join(home, 'flows'));
  shareBundles(home);
  const embedded = await startServers(home, options);
  const { temporalAddress, mongodbUri } = embedded.endpoints;
  const connection = await Connection.connect({ address: temporalAddress });
  const client = new Client({ connection });
  const database = await connectDatabase({ uri: mongodbUri, book: 'landfall' });
  await applyCollections(database.book, bookCollections);
  const closing: (() => Promise<unknown>)[] = [];
  return {
    home,
    client,
    database,
    runs: new Runs(database),
    receipts: new Receipts(database),
    quarantine: new Quarantine(database),
    async worker(env = {}, options = []) {
      const worker = await startWorker({ LANDFALL_HOME: home, LANDFALL_FLOWS: join(home, 'flows'), ...env }, options);
      closing.push(() => worker.kill());
      return worker;
    },
    async flow(name, world, keys = {}) {
      const gdac = await startGdac({ ...world, folder: join(home, 'gdac', name) });
      closing.push(() => gdac.stop());
      const { upstream = {}, ...others } = keys;
      const written = {
        name,
        kind: 'argo',
        upstream: { rsync: gdac.url, ...upstream },
        mirror: join(home, 'mirror', name),
        database: `products-${name}`,
        ...others,
      };
      writeFileSync(join(home, 'flows', `${name}.yaml`), JSON.stringify(written));
      const flow = argoFlowSchema.parse(written);
      const products = database.products(flow.database);
      await applyCollections(products, argoCollections(flow.collections));
      return flowSite(client, flow, gdac, products, world);
    },
    async stop() {
      await Promise.all(closing.map((close) => close()));
      await connection.close();
      await database.close();
      await embedded.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function flowSite(client: Client, flow: ArgoFlow, gdac: Gdac, products: Db, world: World): FlowSite {
  const start: FlowSite['start'] = (input = {}, workflowId = `mirror/${flow.name}`) =>
    client.workflow.start<MirrorWorkflow>('mirror', { taskQueue: 'landfall', workflowId, args: [{ flow: flow.name, ...input }] });
  return {
    flow,
    gdac,
    products,
    start,
    run: async (input) => (await start(input)).result(),
    async wrongs() {
      const { seed, floats, cyclesPerFloat } = world;
      const state: GdacState = { seed, floats, cyclesPerFloat, night: gdac.night };
      const { missing, differing, extra, different } = await checkProducts(state, products);
      return missing + differing + extra === 0 ? [] : [`${missing} missing, ${differing} differing, ${extra} extra`, ...different];
    },
  };
}

/** Building the workflow bundle takes seconds, and it is named by the digest of its sources: test homes share one folder of them. */
export function shareBundles(home: string): void {
  const shared = fileURLToPath(new URL('../../node_modules/.cache/landfall/bundles', import.meta.url));
  mkdirSync(shared, { recursive: true });
  for (const name of readdirSync(shared)) {
    const path = join(shared, name);
    if (Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 86_400_000) rmSync(path, { force: true });
  }
  symlinkSync(shared, join(home, 'bundles'));
}

/** A wrapper around the command is how a test server gets settings that no other has. */
async function startServers(home: string, { dynamicConfig = {} }: SiteOptions): Promise<Embedded> {
  const values = Object.entries(dynamicConfig).flatMap(([key, value]) => ['--dynamic-config-value', `'${key}=${value}'`]);
  if (values.length > 0) {
    const program = await temporalProgram(() => undefined);
    const wrapper = join(home, 'temporal-with-settings');
    writeFileSync(wrapper, `#!/bin/sh\n[ "$1" = server ] && exec '${program}' "$@" ${values.join(' ')}\nexec '${program}' "$@"\n`);
    chmodSync(wrapper, 0o755);
    process.env.LANDFALL_TEMPORAL_BIN = wrapper;
  }
  return startEmbedded({ home, report: () => undefined, usualPorts: false });
}

/** A run that can be asked; a handle without a run id asks whichever run of the chain is open. */
type Asked = Pick<WorkflowHandle, 'query'>;

export const progressOf = (night: Asked): Promise<ProgressAnswer> => night.query<ProgressAnswer>('progress');

/** Waits until the run is in a phase, or has said something, or has done so much. */
export async function untilProgress(night: Asked, isSo: (progress: ProgressAnswer) => boolean): Promise<ProgressAnswer> {
  let progress = await progressOf(night);
  await until(async () => {
    progress = await progressOf(night);
    return isSo(progress);
  });
  return progress;
}

/** How many files lie below a folder; none when it is not there. */
export async function filesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).length;
}
