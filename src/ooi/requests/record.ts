import type { AcceptedRequest, TimeRange } from '../m2m/request.ts';
import type { LeftOut } from '../series.ts';

/** The kind belongs to the request, never to the flags of the run that finds it. */
export type RequestKind = 'append' | 'refresh';

/**
 * `asking`: written down before it is sent; `waiting`: the facility works on it; `ready`: finished, its files are not in the store yet.
 * The others are ends.
 */
export type OutstandingState = 'asking' | 'waiting' | 'ready';
export type EndState = 'consumed' | 'nothing_new' | 'failed' | 'expired' | 'gone' | 'replaced' | 'refused';
export type RequestState = OutstandingState | EndState;

export const OUTSTANDING_STATES: readonly OutstandingState[] = ['asking', 'waiting', 'ready'];
export const isOutstanding = (state: RequestState): state is OutstandingState => OUTSTANDING_STATES.some((one) => one === state);

/** A range that could not be had, and why. */
export interface OwedRange extends TimeRange {
  readonly why: string;
}

/** What became of the files of a request. */
export interface RequestFiles {
  readonly read: number;
  readonly rows: number;
  readonly dropped: number;
  /** The first ones. */
  readonly leftOut: readonly { readonly name: string; readonly reason: LeftOut; readonly message: string }[];
}

export interface Looks {
  readonly count: number;
  readonly lastAt: Date | null;
  readonly nextAt: Date | null;
  /** The folder was there at some look. */
  readonly folderSeen: boolean;
  /** Looks in a row, the last one among them, that did not find it. */
  readonly folderMissed: number;
}

/** One data request of a stream, from before it is sent until its rows are in the store. */
export interface RequestRecord {
  /** `<table>#<kind>#<number>`. */
  readonly id: string;
  readonly table: string;
  readonly kind: RequestKind;
  /** Counts up; only the last one of a table and kind can be outstanding. */
  readonly number: number;
  readonly flow: string;
  /** The run that asked. */
  readonly run: string;
  readonly range: TimeRange;
  /** 1, and one more each time a failed request is asked again. */
  readonly attempt: number;
  readonly state: RequestState;
  /** What it waits for or why it ended, as a sentence. */
  readonly why: string | null;
  readonly createdAt: Date;
  readonly stateSince: Date;
  /** Written before it is sent; null: surely not sent, or surely not accepted. */
  readonly sentAt: Date | null;
  /** How often it was sent: a second time at most, when no trace of the first was found. */
  readonly sends: number;
  readonly accepted: AcceptedRequest | null;
  readonly looks: Looks;
  readonly owed: readonly OwedRange[];
  readonly files: RequestFiles | null;
}

export const NEVER_LOOKED: Looks = { count: 0, lastAt: null, nextAt: null, folderSeen: false, folderMissed: 0 };
