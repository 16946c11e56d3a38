import type { Collection } from 'mongodb';
import { Failure } from '../errors.ts';
import { codeOf, type Database, isDuplicateKey, within } from './mongo.ts';

/** The workflow execution that works on a flow. `runId` is the first run of its chain: it stays the same when the run goes on as new. */
export interface LeaseHolder {
  readonly job: string;
  readonly workflowId: string;
  readonly runId: string;
}

interface LeaseDocument {
  readonly _id: string;
  readonly epoch: number;
  readonly holder: LeaseHolder | null;
  readonly takenAt: Date;
}

/** Proof of the right to write for a flow. The epoch is the fence: a later holder has a larger one. */
export interface Fence {
  /** What is leased: a flow, or `<flow>#<job>` for a job that only reads. */
  readonly flow: string;
  readonly epoch: number;
}

export type LeaseAnswer =
  | {
      readonly state: 'taken';
      readonly fence: Fence;
      /** The dead holder it was taken from, which kept no record of its end. */
      readonly replaced: LeaseHolder | null;
    }
  | { readonly state: 'busy'; readonly holder: LeaseHolder; readonly since: Date };

/**
 * One writer per flow. A lease has no expiry: its holder is checked against Temporal before it is replaced,
 * so that a long batch never loses it and a dead run never keeps it.
 */
export class Leases {
  readonly #leases: Collection<LeaseDocument>;

  constructor(database: Database) {
    this.#leases = database.book.collection<LeaseDocument>('leases');
  }

  /** Takes the lease of a flow, or says who holds it. Repeated by the same holder it gives the same fence. */
  async take(flow: string, holder: LeaseHolder, now: Date, isAlive: (holder: LeaseHolder) => Promise<boolean>): Promise<LeaseAnswer> {
    for (;;) {
      const lease = await within(`reading the lease of ${flow}`, () => this.#leases.findOne({ _id: flow }));
      if (lease === null) {
        if (await this.#create({ _id: flow, epoch: 1, holder, takenAt: now })) {
          return { state: 'taken', fence: { flow, epoch: 1 }, replaced: null };
        }
        continue;
      }
      if (lease.holder !== null && isSame(lease.holder, holder)) {
        return { state: 'taken', fence: { flow, epoch: lease.epoch }, replaced: null };
      }
      if (lease.holder !== null && (await isAlive(lease.holder))) return { state: 'busy', holder: lease.holder, since: lease.takenAt };

      const replaced = await within(`taking the lease of ${flow}`, () =>
        this.#leases.updateOne({ _id: flow, epoch: lease.epoch }, { $set: { epoch: lease.epoch + 1, holder, takenAt: now } }),
      );
      if (replaced.modifiedCount === 1) return { state: 'taken', fence: { flow, epoch: lease.epoch + 1 }, replaced: lease.holder };
    }
  }

  /** Who holds the lease, as far as the database knows. */
  async holder(flow: string): Promise<LeaseHolder | null> {
    return (await within(`reading the lease of ${flow}`, () => this.#leases.findOne({ _id: flow })))?.holder ?? null;
  }

  async release({ flow, epoch }: Fence): Promise<void> {
    await within(`releasing the lease of ${flow}`, () => this.#leases.updateOne({ _id: flow, epoch }, { $set: { holder: null } }));
  }

  /**
   * Checked before every bulk write, rename or publication, so that a worker that was stopped and comes back does no harm.
   * @throws {Failure} `lease_lost` (stop): another run has taken the flow since.
   */
  async assertHeld({ flow, epoch }: Fence): Promise<void> {
    const lease = await within(`checking the lease of ${flow}`, () => this.#leases.findOne({ _id: flow }));
    if (lease !== null && lease.epoch === epoch && lease.holder !== null) return;
    throw new Failure({
      kind: 'stop',
      code: 'lease_lost',
      happened: `This run no longer holds the lease of ${flow} (epoch ${epoch}, now ${lease?.epoch ?? 'none'})`,
      remedy: 'Nothing was written; look at the run that holds it now',
    });
  }

  async #create(lease: LeaseDocument): Promise<boolean> {
    try {
      await this.#leases.insertOne(lease);
      return true;
    } catch (error) {
      if (isDuplicateKey(codeOf(error))) return false;
      return await within(`creating the lease of ${lease._id}`, () => Promise.reject(error));
    }
  }
}

const isSame = (a: LeaseHolder, b: LeaseHolder): boolean => a.workflowId === b.workflowId && a.runId === b.runId;
