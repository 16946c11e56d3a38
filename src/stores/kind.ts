import type { Flow, KindSchema } from '../config/flow.ts';
import type { JobSpec } from '../config/job.ts';
import type { SecretReference } from '../config/secret.ts';
import type { CollectionSpec } from './collection-spec.ts';
import type { Explanation } from './explanation.ts';
import type { Database } from './mongo.ts';

/** Product collections of one database. */
export interface DatabaseSpec {
  readonly database: string;
  readonly collections: readonly CollectionSpec[];
}

/** What is home of a flow. */
export interface Home {
  readonly unit: 'items' | 'rows';
  /** Null: not known. */
  readonly count: number | null;
  /** ISO 8601, UTC: until then there are data. Null: not known, or of no use. */
  readonly until: string | null;
}

/** What the command line and `apply` need to know of a kind; the rest of it is its own affair. */
export interface Kind<KindFlow extends Flow = Flow> extends KindSchema<KindFlow> {
  /** What an operator may start, by name; the first is the job of every day. */
  readonly jobs: Readonly<Record<string, JobSpec>>;
  /** Why a job of the kind is not for this flow, a sentence that names what is; null: it is. Absent: every job is for every flow. */
  readonly refuses?: (flow: KindFlow, job: string) => string | null;
  /** Refuses flows of the kind that cannot be beside each other with a `Failure` `bad_configuration`. Absent: they always can. */
  readonly refuseTogether?: (flows: readonly KindFlow[]) => void;
  /** What the products of a flow need. */
  readonly databases: (flow: KindFlow) => readonly DatabaseSpec[];
  /** Folders that workers write to for a flow; `landfall doctor` looks at them. */
  readonly folders: (flow: KindFlow) => readonly string[];
  /** Stores elsewhere that workers write to for a flow, `s3://bucket/prefix/name`; absent: none. */
  readonly stores?: (flow: KindFlow) => readonly string[];
  /** Where the secrets are that workers read for a flow; absent: there are none. */
  readonly secrets?: (flow: KindFlow) => readonly SecretReference[];
  /** What is home of a flow, from records; null: nothing is known. Absent: the items that have a receipt. */
  readonly home?: (flow: KindFlow, database: Database) => Promise<Home | null>;
  /** Everything known of an item as a person names it. Throws a `Failure` `unknown_item`, with the nearest known, when nothing is. */
  readonly why?: (flow: KindFlow, item: string, database: Database) => Promise<Explanation>;
  /** What `landfall init <kind>` writes: a commented flow file for the public upstream. */
  readonly template: () => string;
}

/** A kind among others: it answers for flows of its own and has nothing to say of the rest. */
export type AnyKind = Kind<Flow>;

export function defineKind<KindFlow extends Flow>(kind: Kind<KindFlow>): AnyKind {
  const isMine = (flow: Flow): flow is KindFlow => flow.kind === kind.kind;
  const { why, refuses, refuseTogether, stores, secrets, home, ...rest } = kind;
  return {
    ...rest,
    ...(why === undefined
      ? {}
      : { why: (flow, item, database) => (isMine(flow) ? why(flow, item, database) : Promise.reject(notMine(flow))) }),
    ...(home === undefined ? {} : { home: (flow, database) => (isMine(flow) ? home(flow, database) : Promise.reject(notMine(flow))) }),
    refuses: (flow, job) => (isMine(flow) ? (refuses?.(flow, job) ?? null) : null),
    refuseTogether: (flows) => refuseTogether?.(flows.filter(isMine)),
    stores: (flow) => (isMine(flow) ? (stores?.(flow) ?? []) : []),
    secrets: (flow) => (isMine(flow) ? (secrets?.(flow) ?? []) : []),
    databases: (flow) => (isMine(flow) ? kind.databases(flow) : []),
    folders: (flow) => (isMine(flow) ? kind.folders(flow) : []),
  };
}

const notMine = ({ name, kind }: Flow): Error => new Error(`flow ${name} is of kind ${kind}`);
