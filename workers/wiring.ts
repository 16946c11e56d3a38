import type { Client } from '@temporalio/client';
import { progressReporter, type ReportProgress } from '../activities/common/report.ts';
import type { Settings } from '../src/config/settings.ts';
import { messageOf } from '../src/errors.ts';
import { createHdf5Pool, type Hdf5Pool } from '../src/formats/netcdf/hdf5-pool.ts';
import type { Logger } from '../src/observe/log.ts';
import type { Metrics } from '../src/observe/metrics.ts';
import { Leases } from '../src/stores/leases.ts';
import { connectDatabase, type Database } from '../src/stores/mongo.ts';
import { Plans } from '../src/stores/plans.ts';
import { Quarantine } from '../src/stores/quarantine.ts';
import { Receipts } from '../src/stores/receipts.ts';
import { Runs } from '../src/stores/runs.ts';
import { signals } from '../workflows/common/messages.ts';
import { versions } from './versions.ts';

/** All that activities need, built once per process. */
export interface Wiring {
  readonly settings: Settings;
  readonly client: Client;
  readonly database: Database;
  readonly plans: Plans;
  readonly runs: Runs;
  readonly receipts: Receipts;
  readonly quarantine: Quarantine;
  readonly leases: Leases;
  readonly hdf5: Hdf5Pool;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly report: ReportProgress;
  readonly versions: Readonly<Record<string, string>>;
  readonly now: () => Date;
  close(): Promise<void>;
}

export interface WiringOptions {
  readonly settings: Settings;
  readonly client: Client;
  readonly mongodbUri: string;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export async function wire({ settings, client, mongodbUri, log, metrics }: WiringOptions): Promise<Wiring> {
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
  return {
    settings,
    client,
    database,
    plans: new Plans(database),
    runs,
    receipts: new Receipts(database),
    quarantine: new Quarantine(database),
    leases: new Leases(database),
    hdf5,
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
