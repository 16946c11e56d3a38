import { formatItems } from '../../observe/counts.ts';
import { microsOf } from '../m2m/instants.ts';
import type { RequestOutcome } from './judge.ts';
import type { OutstandingState, RequestKind } from './record.ts';

/** What a run of a stream does about its requests. Pure. Specification 6.1 and 7.8. */

export type RequestChoice = 'auto' | 'reuse' | 'replace';

export interface Flags {
  readonly refresh: boolean;
  /** Ask now; a request that waits is reported instead of asked a second time. */
  readonly force: boolean;
  readonly request: RequestChoice;
}

/** A request that was asked and whose rows are not in the store. */
export interface Outstanding {
  readonly id: string;
  readonly state: OutstandingState;
  /** Its record, and with it the address of its results, is lost. */
  readonly isRecordMissing: boolean;
  /** Of the latest look; null: not looked at in this run. */
  readonly outcome: RequestOutcome | null;
}

export interface Situation {
  readonly flags: Flags;
  /** false: discontinued, or the facility does not know the stream. */
  readonly isKnown: boolean;
  readonly outstanding: Readonly<Record<RequestKind, Outstanding | null>>;
  /** The truth about what is there; `lastTime` ISO, UTC; null: there is no row, or the last one lies in the future and tells nothing. */
  readonly store: { readonly exists: boolean; readonly lastTime: string | null };
  readonly server:
    | { readonly state: 'answers'; readonly endTime: string | null }
    | { readonly state: 'unavailable'; readonly says: string };
  /** Start or end were said by a person: a wish for those rows, whether or not they are new. */
  readonly isRangeSaid: boolean;
  /** Ranges that are owed and due to be asked for again. */
  readonly owed: number;
  /** A finished request of the wanted kind that covers the wanted range; only looked for when the person says `reuse`. */
  readonly reusable: string | null;
}

export type Action =
  | 'request_append'
  | 'request_refresh'
  | 'continue_append'
  | 'continue_refresh'
  | 'reuse_finished'
  | 'skip'
  | 'nothing_new'
  | 'report_waiting'
  | 'wait_and_look_again'
  | 'request_failed_ask_again_later'
  | 'expired_ask_again'
  | 'error_unknown_stream';

export interface Decision {
  readonly action: Action;
  /** As a sentence without its full stop. */
  readonly why: string;
  /** The request that is gone on with, reported, reused or judged; null: none. */
  readonly request: string | null;
  /** The outstanding request that a new one takes the place of; null: none. */
  readonly replaces: string | null;
}

/** The facility must be ahead by more than this: its end time and the last row are never exactly the same. */
const AHEAD_MICROS = 60_000_000;

export function decide(situation: Situation): Decision {
  const { flags, isKnown, store, server, outstanding, isRangeSaid, owed } = situation;
  if (!isKnown) return decision('error_unknown_stream', 'The facility does not have this stream any more');
  if (flags.refresh) return about('refresh', situation) ?? ask('refresh', situation, 'A refresh asks for the whole series');
  if (!store.exists) {
    const waiting = outstanding.refresh;
    return waiting === null || waiting.isRecordMissing
      ? ask('refresh', situation, 'There is no store yet, so the whole series is asked for')
      : decision('continue_refresh', 'There is no store yet, and its first request is under way', waiting.id);
  }
  const known = about('append', situation);
  if (known !== null) return known;
  if (flags.force) return ask('append', situation, 'Forced to ask now, whether or not the facility has anything new');
  if (isRangeSaid) return ask('append', situation, 'A range was said, so it is asked for, whether or not the facility has anything new');
  if (server.state === 'unavailable') return unavailable(server.says);
  if (owed > 0) return ask('append', situation, `${formatItems(owed, 'range is', 'ranges are')} owed from earlier requests`);
  return isAhead(server.endTime, store.lastTime)
    ? ask(
        'append',
        situation,
        `The facility has data until ${server.endTime}, the store until ${store.lastTime ?? 'a time that is no guide'}`,
      )
    : decision('skip', 'The facility has nothing new');
}

/** What an outstanding request of the kind means; null: there is none that counts. */
function about(kind: RequestKind, situation: Situation): Decision | null {
  const { flags } = situation;
  const found = situation.outstanding[kind];
  if (found === null) return null;
  const { id, state, isRecordMissing, outcome } = found;
  if (flags.request === 'replace') return ask(kind, situation, 'The outstanding request is given up', id);
  if (isRecordMissing) return ask(kind, situation, 'The record of the outstanding request is gone', id);
  const isFinished = state === 'ready' || outcome?.state === 'complete' || outcome?.state === 'degraded';
  if (kind === 'refresh' && flags.force && isFinished)
    return ask(kind, situation, 'Forced to ask anew, though the facility has finished a request whose rows are not in the store', id);
  switch (outcome?.state) {
    case 'failed':
      return decision('request_failed_ask_again_later', outcome.says, id);
    case 'expired':
      return decision('expired_ask_again', outcome.says, id);
    case 'nothing_new':
      return decision('nothing_new', outcome.says, id);
    case 'gone':
      return outcome.askAgainMs === null
        ? decision('request_failed_ask_again_later', outcome.says, id)
        : ask(kind, situation, outcome.says, id);
    default:
      if (flags.force && !isFinished) return decision('report_waiting', 'A request waits already; say replace to give it up', id);
      return kind === 'append'
        ? decision('continue_append', 'Goes on with a request for new rows that was made before, instead of making another', id)
        : decision('continue_refresh', 'Goes on with a request for the whole series that was made before, instead of making another', id);
  }
}

function ask(kind: RequestKind, { server, flags, reusable }: Situation, why: string, replaces: string | null = null): Decision {
  if (flags.request === 'reuse' && reusable !== null) {
    return { action: 'reuse_finished', why: 'A finished request covers the range', request: reusable, replaces };
  }
  if (server.state === 'unavailable') return unavailable(server.says);
  return { action: kind === 'append' ? 'request_append' : 'request_refresh', why, request: null, replaces };
}

const unavailable = (says: string): Decision => decision('wait_and_look_again', says);

const decision = (action: Action, why: string, request: string | null = null): Decision => ({ action, why, request, replaces: null });

function isAhead(endTime: string | null, lastTime: string | null): boolean {
  const [end, last] = [microsOf(endTime ?? ''), microsOf(lastTime ?? '')];
  return end !== null && (last === null || end - last > AHEAD_MICROS);
}
