import type { FlowCache } from '../../src/config/flow-cache.ts';
import type { Queue } from '../../src/config/queues.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { Hdf5Pool } from '../../src/formats/netcdf/hdf5-pool.ts';
import type { Logger } from '../../src/observe/log.ts';
import type { Metrics } from '../../src/observe/metrics.ts';
import type { Leases } from '../../src/stores/leases.ts';
import type { Database } from '../../src/stores/mongo.ts';
import type { S3Server } from '../../src/stores/objects/open.ts';
import type { Plans } from '../../src/stores/plans.ts';
import type { Quarantine } from '../../src/stores/quarantine.ts';
import type { Receipts } from '../../src/stores/receipts.ts';
import type { Runs } from '../../src/stores/runs.ts';
import type { ReportProgress } from './report.ts';

/** What activities of any kind may need, built once per worker process. */
export interface Wiring {
  readonly settings: Settings;
  readonly flows: FlowCache;
  readonly database: Database;
  readonly plans: Plans;
  readonly runs: Runs;
  readonly receipts: Receipts;
  readonly quarantine: Quarantine;
  readonly leases: Leases;
  readonly hdf5: Hdf5Pool;
  /** The S3 server of places in buckets. */
  readonly objectServer: () => Promise<S3Server>;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly report: ReportProgress;
  /** What made a run's products, for its record. */
  readonly versions: Readonly<Record<string, string>>;
  readonly now: () => Date;
}

/** Activities by the queue they are served on. */
export type QueueActivities = Partial<Record<Queue, Readonly<Record<string, (...args: never[]) => unknown>>>>;
