import type { StreamFlow } from '../../src/ooi/flow.ts';
import type { OwedRange } from '../../src/ooi/requests/record.ts';
import type { RequestRef } from '../../src/ooi/series.ts';

/** What passes between the workflows of kind `ooi` and their activities. All of it is JSON. */

export type RequestKind = RequestRef['kind'];

/** A request of this stream that was accepted, and where it is written down. */
export interface HeldRequest extends RequestRef {
  /** Id of its record. */
  readonly record: string;
  /** 1, and one more each time a failed request is asked again. */
  readonly attempt: number;
}

/** What an operator asked a harvest or a refresh for. */
export interface Asked {
  readonly force: boolean;
  readonly request: 'auto' | 'reuse' | 'replace';
  /** ISO 8601; null: as the flow says. */
  readonly start: string | null;
  readonly end: string | null;
}

export interface OfStream {
  readonly flow: StreamFlow;
  readonly run: string;
}

export interface OfRequest extends OfStream {
  readonly request: HeldRequest;
}

/** What the facility says of the stream itself. */
export type ServerSeen =
  | { readonly state: 'known'; readonly beginTime: string; readonly endTime: string }
  | { readonly state: 'unknown_stream'; readonly says: string }
  /** Maintenance, or it cannot be reached: looked at again. */
  | { readonly state: 'unavailable'; readonly says: string };

/** What a run has to do next. Sentences are for people. */
export type Decision =
  | {
      readonly action: 'request';
      readonly begin: string;
      readonly end: string;
      /** Record of the request that this one takes the place of. */
      readonly replaces: string | null;
      readonly says: string;
    }
  /** A request that was accepted before; `isFinished`: its results are taken as they are, `isDegraded`: parts of it had failed. */
  | {
      readonly action: 'continue';
      readonly request: HeldRequest;
      readonly isFinished: boolean;
      readonly isDegraded: boolean;
      readonly says: string;
    }
  /** There is no store, or a harvest was told to: the whole series is another job's. */
  | { readonly action: 'refresh'; readonly says: string }
  /** Nothing new, or another run's request waits already. */
  | { readonly action: 'skip' | 'report_waiting'; readonly says: string }
  | { readonly action: 'look_again'; readonly afterMs: number; readonly says: string }
  | { readonly action: 'refuse'; readonly says: string };

export type RequestAnswer =
  | { readonly state: 'accepted'; readonly request: HeldRequest; readonly sizeBytes: number | null; readonly seconds: number | null }
  /** The range holds no data. */
  | { readonly state: 'no_data'; readonly says: string }
  /** It was sent and nobody knows whether it was accepted. */
  | { readonly state: 'unanswered'; readonly says: string; readonly lookAgainMs: number };

/** How a request is doing. */
export type Polled =
  | { readonly state: 'waiting'; readonly lookAgainMs: number; readonly says: string }
  | { readonly state: 'complete' | 'degraded' | 'nothing_new'; readonly says: string }
  /** Over without data; asked again after `againMs`, null: a person is needed. */
  | { readonly state: 'failed' | 'expired' | 'gone'; readonly againMs: number | null; readonly says: string };

export interface LeftOutFile {
  readonly name: string;
  readonly reason: string;
}

export interface Fetched {
  readonly files: number;
  readonly bytes: number;
  /** Catalogued and not to be had. */
  readonly missing: number;
}

/** Rows and files that a request brought. */
export interface Brought {
  readonly rowsRead: number;
  readonly rowsDropped: number;
  readonly files: number;
  /** All of them; the first hundred by name. */
  readonly leftOut: number;
  /** Of them those that make a run degraded: all but empty ones. */
  readonly degrading: number;
  readonly leftOutFiles: readonly LeftOutFile[];
  /** What the files that were left out should have brought; those that touch are one. */
  readonly owed: readonly OwedRange[];
}

export interface Appended extends Brought {
  /** `grown`: by a new generation, `why` says for what. */
  readonly state: 'appended' | 'unchanged' | 'grown';
  readonly why: string | null;
  readonly generation: string;
  readonly added: number;
  readonly corrected: number;
  readonly inserted: number;
  readonly rows: number;
  readonly firstTime: number | null;
  readonly lastTime: number | null;
  readonly chunks: number;
  readonly bytesWritten: number;
  readonly problems: readonly string[];
  /** What was done for a writer that was killed before. */
  readonly recovered: readonly string[];
}

export interface Built extends Brought {
  readonly generation: string;
  readonly rows: number;
  readonly firstTime: number | null;
  readonly lastTime: number | null;
  readonly chunks: number;
  readonly bytesWritten: number;
  /** Appends that are in it as well, by their ids. */
  readonly replayed: readonly string[];
  /** Of them those whose rows were taken from the live store, each with the sentence why; absent in histories of before that was done. */
  readonly fromLive?: readonly string[];
}

export interface Compared {
  /** Another one than was built where an append that came meanwhile did not fit into its form. */
  readonly generation: string;
  /** Appends that were added now. */
  readonly replayed: readonly string[];
  readonly fromLive?: readonly string[];
  /** Null: there is no live store to compare with. */
  readonly live: string | null;
  /** What nobody has accepted yet: `degraded`, `shorter`. */
  readonly needs: readonly string[];
  /** A sentence; asked when `needs` is not empty. */
  readonly says: string;
  /** Where the report for people is; null: none was made. */
  readonly report: string | null;
  readonly counts: Readonly<Record<string, number>>;
}

export type Publication =
  | {
      readonly state: 'published';
      readonly generation: string;
      readonly replaced: string | null;
      readonly replayed: readonly string[];
      readonly fromLive?: readonly string[];
      /** Of what was published, with the appends that came meanwhile; absent in histories of before it was told. */
      readonly reach?: Pick<Built, 'rows' | 'firstTime' | 'lastTime'>;
    }
  /** So many appends came since it was compared that it has to be looked at again. */
  | { readonly state: 'outdated'; readonly says: string };

export interface Owed {
  readonly begin: string;
  readonly end: string;
}

/** How a run's request ended, for its record, the stream's history and the status. */
export interface Ending extends OfStream {
  readonly job: 'harvest' | 'refresh';
  readonly request: HeldRequest | null;
  readonly outcome: 'appended' | 'published' | 'nothing_new' | 'skipped' | 'failed' | 'stopped' | 'refused';
  readonly says: string;
  /** Of the live store, seconds since 1900; null: it is as it was. */
  readonly range: { readonly firstTime: number | null; readonly lastTime: number | null } | null;
  /** What the files brought; null: there were none. */
  readonly brought: Brought | null;
}

/** A run of a stream that was broken off by what it threw. */
export interface Breaking extends OfStream {
  readonly job: string;
  /** In which it was. */
  readonly phase: string;
  readonly says: string;
}

export interface EndingNoted {
  readonly owed: readonly Owed[];
  /** ISO 8601, when the run began. */
  readonly startedAt: string | null;
  readonly seconds: number;
}
