import { utcText } from '../../src/observe/utc.ts';
import { flowTable } from '../../src/ooi/form.ts';
import type { TimeRange } from '../../src/ooi/m2m/request.ts';
import { type Action, type Decision as Decided, decide, type Outstanding } from '../../src/ooi/requests/decide.ts';
import { pacedLookMs } from '../../src/ooi/requests/judge.ts';
import type { Owed } from '../../src/ooi/requests/owed.ts';
import { appendRange, guideOf, refreshRange } from '../../src/ooi/requests/range.ts';
import { isOutstanding, type RequestRecord } from '../../src/ooi/requests/record.ts';
import type { Requests } from '../../src/ooi/requests/requests.ts';
import { findReusable } from '../../src/ooi/requests/reuse.ts';
import { isoOfTime } from '../../src/ooi/time-text.ts';
import type { Asked, Decision, OfStream, RequestKind, ServerSeen } from './contracts.ts';
import type { OoiEnvironment } from './environment.ts';
import { ifReadable } from './readable.ts';
import { asSentence, heldOf } from './requests.ts';

export interface DecideRun extends OfStream {
  readonly kind: RequestKind;
  readonly asked: Asked;
  readonly server: ServerSeen;
  /** Records of requests whose results are not at the facility any more; absent in histories of before they were looked for. */
  readonly gone?: readonly string[];
  /** Looks one after the other that led to no decision; absent in histories of before they were counted. */
  readonly inVain?: number;
}

export interface DecideDependencies {
  readonly environment: Pick<OoiEnvironment, 'withSeries'>;
  readonly requests: Pick<Requests, 'outstanding' | 'finished'>;
  readonly owed: Pick<Owed, 'due'>;
  readonly now: () => Date;
}

/** What a run does next, by what is outstanding, what the store has and what the facility says. */
export async function decideRun(
  use: DecideDependencies,
  { flow, kind, asked, server, gone = [], inVain = 0 }: DecideRun,
): Promise<Decision> {
  const table = flowTable(flow);
  const { environment, requests, owed, now } = use;
  // A refresh is what mends a store that cannot be read: it asks for all there is.
  const reach = await environment.withSeries(flow, async ({ store }) =>
    kind === 'refresh' ? await ifReadable(store.reach) : ({ state: 'read', value: await store.reach() } as const),
  );
  const live = reach.state === 'read' ? reach.value : null;
  const lastTime = isoOfTime(live?.lastTime ?? null);
  const due = await owed.due(table, now());
  const wanted = rangeOf(use, { flow, run: '', kind, asked, server }, lastTime, due);
  const reusable =
    asked.request === 'reuse' && wanted !== null ? await finishedFor(requests, table, { kind, server, asked, gone }, wanted) : null;
  const [append, refresh] = [await requests.outstanding(table, 'append'), await requests.outstanding(table, 'refresh')];
  const decided = decide({
    flags: { refresh: kind === 'refresh', force: asked.force, request: asked.request },
    isKnown: server.state !== 'unknown_stream',
    outstanding: { append: outstandingOf(append), refresh: outstandingOf(refresh) },
    store: { exists: reach.state === 'unreadable' || live !== null, lastTime: guideOf(lastTime, now().toISOString()) },
    server: server.state === 'unavailable' ? server : { state: 'answers', endTime: server.state === 'known' ? server.endTime : null },
    isRangeSaid: asked.start !== null || asked.end !== null,
    owed: due.length,
    reusable: reusable?.id ?? null,
  });
  const says = asSentence(decided.why);
  const found = [append, refresh, reusable].find((record) => record?.id === decided.request) ?? null;
  return answerTo(decided, { kind, says, found, wanted, server, lookAgainMs: pacedLookMs(inVain, flow.upstream.lookMs) });
}

function answerTo(
  { action, replaces }: Decided,
  {
    kind,
    says,
    found,
    wanted,
    server,
    lookAgainMs,
  }: {
    readonly kind: RequestKind;
    readonly says: string;
    readonly found: RequestRecord | null;
    readonly wanted: TimeRange | null;
    readonly server: ServerSeen;
    readonly lookAgainMs: number;
  },
): Decision {
  switch (action) {
    case 'request_append':
    case 'request_refresh':
      if (KIND_OF[action] !== kind) return { action: 'refresh', says };
      if (wanted === null) return { action: 'look_again', afterMs: lookAgainMs, says };
      return { action: 'request', ...wanted, replaces, says: `${says} Asks for ${wanted.begin} to ${wanted.end}.` };
    case 'continue_append':
    case 'continue_refresh':
      if (KIND_OF[action] !== kind) return { action: 'refresh', says };
      return goOn(found, says, lookAgainMs);
    case 'reuse_finished': {
      const held = found === null ? null : heldOf(found);
      if (found === null || held === null) return { action: 'refuse', says };
      const isDegraded = found.owed.length > 0;
      return {
        action: 'continue',
        request: held,
        isFinished: true,
        isDegraded,
        says: `${says} It is ${held.id} of ${utcText(held.requestedAt)}.`,
      };
    }
    case 'report_waiting':
      return { action: 'report_waiting', says: found === null ? says : waitsAlready(found) };
    case 'skip':
    case 'nothing_new':
      return { action: 'skip', says };
    case 'wait_and_look_again':
      return { action: 'look_again', afterMs: lookAgainMs, says };
    case 'error_unknown_stream':
      return { action: 'refuse', says: server.state === 'unknown_stream' ? server.says : says };
    case 'request_failed_ask_again_later':
    case 'expired_ask_again':
      return { action: 'refuse', says };
  }
}

/** What an operator who forced a run can do about the request that is in its way. */
function waitsAlready({ flow, kind, range, createdAt, accepted }: RequestRecord): string {
  const run = `landfall run ${kind === 'append' ? 'harvest' : 'refresh'} ${flow}`;
  const asked = `the request of ${utcText(accepted?.requestedAt ?? createdAt)} for ${utcText(range.begin)} to ${utcText(range.end)} is not finished`;
  return `Nothing was asked: ${asked}. To wait for it: ${run}. To give it up and ask anew: ${run} --force --request replace.`;
}

/** One that was written down and not accepted so far is asked for as it stands. */
function goOn(found: RequestRecord | null, says: string, lookAgainMs: number): Decision {
  const held = found === null ? null : heldOf(found);
  if (held !== null)
    return {
      action: 'continue',
      request: held,
      isFinished: false,
      isDegraded: false,
      says: `${says} It is ${held.id} of ${utcText(held.requestedAt)}.`,
    };
  return found === null
    ? { action: 'look_again', afterMs: lookAgainMs, says }
    : { action: 'request', ...found.range, replaces: null, says };
}

const KIND_OF = {
  request_append: 'append',
  continue_append: 'append',
  request_refresh: 'refresh',
  continue_refresh: 'refresh',
} as const satisfies Partial<Record<Action, RequestKind>>;

const outstandingOf = (record: RequestRecord | null): Outstanding | null =>
  record === null || !isOutstanding(record.state) ? null : { id: record.id, state: record.state, isRecordMissing: false, outcome: null };

/** Null: it cannot be told now. */
function rangeOf(
  { now }: DecideDependencies,
  { flow, kind, asked, server }: DecideRun,
  lastTime: string | null,
  owed: readonly TimeRange[],
): TimeRange | null {
  const at = now().toISOString();
  if (kind === 'append') {
    if (lastTime === null) return null;
    return appendRange({ lastTime, lookBackMs: flow.lookBackMs, owed, now: at, start: asked.start, end: asked.end });
  }
  if (server.state !== 'known') return null;
  const { range } = flow;
  return refreshRange({ serverBegin: server.beginTime, now: at, start: asked.start ?? range.start, end: asked.end ?? range.end });
}

/**
 * One whose results brought all that the facility had in the range, which never reaches to the present moment. A whole series of before the
 * last append is not taken: the append would have to be added to it, and its files are gone.
 */
async function finishedFor(
  requests: DecideDependencies['requests'],
  table: string,
  { kind, server, asked, gone }: Required<Pick<DecideRun, 'kind' | 'server' | 'asked' | 'gone'>>,
  { begin, end }: TimeRange,
): Promise<RequestRecord | null> {
  const range = { begin, end: asked.end === null && server.state === 'known' ? server.endTime : end };
  const found = await findReusable(requests, { table, kind, range, gone });
  const [append] = kind === 'refresh' ? await requests.finished(table, 'append') : [];
  return (found?.accepted?.requestedAt ?? '') < (append?.accepted?.requestedAt ?? '') ? null : found;
}
