import { resolve, sep } from 'node:path';
import { Failure } from '../errors.ts';

/** What begins the name of a store that is a flow's records: they are kept by what they are of, wherever its place is. */
export const RECORDS_OF = 'the records of ';

/** What workers write to for a flow. */
export interface FlowPlaces {
  readonly flow: string;
  readonly folders: readonly string[];
  /** Products, as `<database>.<collection>`. */
  readonly collections: readonly string[];
  /** Stores that are no folders, as `s3://bucket/prefix/name`. */
  readonly stores?: readonly string[];
}

/**
 * Refuses flows that write to one folder, or one inside another's: a mirror deletes what its source does not have, the other flow's files too.
 * So it does with flows that write to one collection: a rebuild removes what its own mirror does not account for.
 * @throws {Failure} `bad_configuration` (stop), naming the two flows and folders.
 */
export function refuseOverlap(flows: readonly FlowPlaces[]): void {
  for (const [at, one] of flows.entries()) refuseOverlapWith(one, flows.slice(at + 1));
}

/**
 * The same for one flow among others, itself perhaps among them: what the others do to each other does not keep it from running.
 * @throws {Failure} `bad_configuration` (stop).
 */
export function refuseOverlapWith(one: FlowPlaces, others: readonly FlowPlaces[]): void {
  for (const other of others) {
    if (other.flow === one.flow) continue;
    const shared = one.collections.filter((name) => other.collections.includes(name));
    if (shared.length > 0) throw sharedCollections(one.flow, other.flow, shared);
    const store = one.stores?.find((name) => other.stores?.includes(name));
    if (store !== undefined) throw sharedStore(one.flow, other.flow, store);
    for (const mine of one.folders) {
      const theirs = other.folders.find((folder) => holds(mine, folder) || holds(folder, mine));
      if (theirs === undefined) continue;
      throw new Failure({
        kind: 'stop',
        code: 'bad_configuration',
        happened: `Flow ${one.flow} writes to ${mine} and flow ${other.flow} to ${theirs}`,
        expected: 'folders that do not lie in one another: a mirror deletes what its source does not have',
        remedy: 'Give one of the flows another folder',
      });
    }
  }
}

const sharedCollections = (one: string, other: string, shared: readonly string[]): Failure =>
  new Failure({
    kind: 'stop',
    code: 'bad_configuration',
    happened: `Flows ${one} and ${other} both write to ${shared.join(', ')}`,
    expected: "collections of one flow alone: a rebuild removes what the flow's own mirror does not account for, the other's documents too",
    remedy: 'Give one of the flows another database, or other names of collections',
  });

const sharedStore = (one: string, other: string, store: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'bad_configuration',
    happened: `Flows ${one} and ${other} both write to ${store}`,
    expected: 'a store of one flow alone: each holds a lease of its own, so neither would wait for the other',
    remedy: store.startsWith(RECORDS_OF)
      ? `One stream belongs to one flow: remove the flow file of ${one} or that of ${other}`
      : 'Give one of the flows another place, or remove it',
  });

const holds = (folder: string, path: string): boolean => `${resolve(path)}${sep}`.startsWith(`${resolve(folder)}${sep}`);
