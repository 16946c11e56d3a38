import type { Hdf5Pool } from '../formats/netcdf/hdf5-pool.ts';
import type { Logger } from '../observe/log.ts';
import type { Fence, Leases } from '../stores/leases.ts';
import type { Database } from '../stores/mongo.ts';
import type { Quarantine } from '../stores/quarantine.ts';
import type { Receipts } from '../stores/receipts.ts';
import type { BulkOptions } from './bulk-write.ts';
import type { ArgoFlow } from './flow.ts';

/** What one call of the loader is asked for. */
export interface LoadRequest extends BulkOptions {
  readonly flow: ArgoFlow;
  /** Profile keys `<dac>/<wmo>_<number>`; all of one platform's are in one request. */
  readonly items: readonly string[];
  readonly run: string;
  readonly fence: Fence;
  readonly isForced: boolean;
  /** A person has accepted that the mirror holds nothing any more. */
  readonly acceptsEmptyMirror: boolean;
  readonly signal: AbortSignal;
  /** Called after each chunk with the profiles finished so far. */
  readonly onChunk: (done: number) => void;
}

/** What the loader works with for as long as its process lives. */
export interface LoaderDependencies {
  readonly database: Database;
  readonly leases: Leases;
  readonly receipts: Receipts;
  readonly quarantine: Quarantine;
  readonly hdf5: Hdf5Pool;
  readonly log: Logger;
  readonly now: () => Date;
}
