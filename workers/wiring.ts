import type { Client } from '@temporalio/client';
import { progressReporter } from '../activities/common/report.ts';
import { type Attempt, troubleReporter } from '../activities/common/trouble.ts';
import type { Wiring } from '../activities/common/wiring.ts';
import { FlowCache } from '../src/config/flow-cache.ts';
import type { Settings } from '../src/config/settings.ts';
import { objectServer } from '../src/embedded/object-server.ts';
import { messageOf } from '../src/errors.ts';
import { createHdf5Pool } from '../src/formats/netcdf/hdf5-pool.ts';
import { kinds } from '../src/kinds.ts';
import type { Logger } from '../src/observe/log.ts';
import type { Metrics } from '../src/observe/metrics.ts';
import { Leases } from '../src/stores/leases.ts';
import { connectDatabase } from '../src/stores/mongo.ts';
import { Plans } from '../src/stores/plans.ts';
import { Quarantine } from '../src/stores/quarantine.ts';
import { Receipts } from '../src/stores/receipts.ts';
import { Runs } from '../src/stores/runs.ts';
import { signals } from '../workflows/common/messages.ts';
import { versions } from './versions.ts';

/** The wiring of a worker process, and what the process itself works with. */
export interface ProcessWiring extends Wiring {
  readonly client: Client;
  /** Hears how every attempt ended that was made for a run. */
  readonly trouble: (attempt: Attempt) => void;
  close(): Promise<void>;
}

export interface WiringOptions {
  readonly settings: Settings;
  readonly client: Client;
  readonly mongodbUri: string;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export async function wire({ settings, client, mongodbUri, log, metrics }: WiringOptions): Promise<ProcessWiring> {
  const database = await connectDatabase({ uri: mongodbUri, book: settings.mongodb.database });
  const hdf5 = createHdf5Pool();
  const now = (): Date => new Date();
  const runs = new Runs(database);
  const report = progressReporter({
    runs,
    signal: async (workflowId, progress) => client.workflow.getHandle(workflowId).signal(signals.progressed, progress),
    onError: (error) => log.warn({ event: 'progress_not_noted', message: messageOf(error) }),
    now,
  });
  const trouble = troubleReporter({
    runs,
    signal: async (workflowId, sentence) => client.workflow.getHandle(workflowId).signal(signals.troubled, sentence),
    onError: (error) => log.debug({ event: 'trouble_not_noted', message: messageOf(error) }),
    now,
  });
  return {
    settings,
    flows: new FlowCache(settings.flows, kinds),
    client,
    trouble,
    database,
    plans: new Plans(database),
    runs,
    receipts: new Receipts(database),
    quarantine: new Quarantine(database),
    leases: new Leases(database),
    hdf5,
    objectServer: () => objectServer(settings),
    log,
    metrics,
    report,
    versions: await versions(),
    now,
    close: async () => {
      await hdf5.close();
      await database.close();
    },
  };
}
