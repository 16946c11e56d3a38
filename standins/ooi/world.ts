import type { Answer } from './answer.ts';
import type { Defect, Outcome } from './switches.ts';

/** What a data request asks for. */
export interface Ask {
  readonly table: string;
  /** Microseconds since 1970; null: not given. */
  readonly begin: number | null;
  readonly end: number | null;
  readonly query: Readonly<Record<string, string>>;
}

export interface Estimate {
  readonly sizeCalculation: number;
  readonly timeCalculation: number;
  readonly numberOfSubJobs: number;
}

/** A data request that was accepted. JSON as it is; with the world's options it says every byte of its files. */
export interface AcceptedRequest {
  readonly id: string;
  readonly table: string;
  /** Name of its directory. */
  readonly directory: string;
  /** Milliseconds since 1970, of the facility's clock. */
  readonly acceptedAt: number;
  /** Microseconds since 1970; null: not given. */
  readonly begin: number | null;
  readonly end: number | null;
  readonly query: Readonly<Record<string, string>>;
  readonly outcome: Outcome;
  readonly defects: readonly Defect[];
}

/** A file of a request directory. `size` and `bytes` agree with what is wrong with the file. */
export interface ResultFile {
  readonly name: string;
  /** Bytes, where they are known without making the file. */
  size(): number;
  /** Null: the catalog names it, and it is not there. */
  bytes(): Buffer | null;
}

/** What the server wrote for a request. */
export interface ResultDirectory {
  readonly table: string;
  /** Milliseconds since 1970, of the facility's clock. */
  readonly modifiedAt: number;
  /** All but `status.txt` and `status.json`, in the order a catalog lists them. */
  readonly files: readonly ResultFile[];
  /** Null: there is none, and never will be. */
  readonly statusText: string | null;
  readonly statusJson: string | null;
}

export type Asked =
  | { readonly state: 'data'; readonly estimate: Estimate }
  /** Nothing in the range. */
  | { readonly state: 'no_data' }
  /** No such stream. */
  | { readonly state: 'unknown' };

/** The facility's data, whatever serves them. */
export interface World {
  /** The e-mail address that request directories stand under. */
  readonly user: string;
  /** Answers of the interface besides data requests; null: there is no such thing. `nowMs` is the facility's. */
  api(path: string, query: URLSearchParams, nowMs: number): Answer | null;
  estimate(ask: Ask, answers: readonly string[] | undefined, nowMs: number): Asked;
  /** Takes a request up. Only after `estimate` said that there are data. */
  accept(ask: Ask, fate: Fate, nowMs: number): Accepted;
  /** Takes up what was accepted before a restart. */
  restore(request: AcceptedRequest): void;
  /** A synchronous sample of at most `limit` particles; null: this world has none. */
  sample(ask: Ask, limit: number, nowMs: number): readonly object[] | null;
  /** Names of request directories, older first. */
  directories(): readonly string[];
  /** Null: there is no such directory. */
  directory(name: string): ResultDirectory | null;
  /** Files of a table that were prepared in advance; null: there are none. */
  goldCopy(table: string, nowMs: number): ResultDirectory | null;
}

/** What the switches say of a request at the moment it is accepted. */
export interface Fate {
  readonly outcome: Outcome;
  readonly defects: readonly Defect[];
  readonly answers: readonly string[] | undefined;
}

export interface Accepted {
  readonly request: AcceptedRequest;
  readonly estimate: Estimate;
}
