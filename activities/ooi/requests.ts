import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { isFailure } from '../../src/errors.ts';
import { formatItems } from '../../src/observe/counts.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import { flowTable } from '../../src/ooi/form.ts';
import { timesOfStream } from '../../src/ooi/m2m/inventory.ts';
import type { StreamName } from '../../src/ooi/names.ts';
import { askOnce } from '../../src/ooi/requests/ask.ts';
import { ASK_AGAIN_MS, askAgainMs, LOOK_MS, type RequestOutcome } from '../../src/ooi/requests/judge.ts';
import { lookAtRequest } from '../../src/ooi/requests/look.ts';
import { isOutstanding, type RequestRecord } from '../../src/ooi/requests/record.ts';
import type { Requests, Wish } from '../../src/ooi/requests/requests.ts';
import { areResultsThere } from '../../src/ooi/requests/reuse.ts';
import type { Statuses } from '../../src/ooi/requests/status.ts';
import { withSignsOfLife } from '../../src/transfer/signs-of-life.ts';
import type { HeldRequest, OfRequest, OfStream, Polled, RequestAnswer, RequestKind, ServerSeen } from './contracts.ts';
import type { OoiEnvironment } from './environment.ts';

export interface AskForData extends OfStream {
  readonly kind: RequestKind;
  readonly begin: string;
  readonly end: string;
  /** Record of an outstanding request that is given up. */
  readonly replaces: string | null;
  readonly attempt: number;
}

export interface RequestDependencies {
  readonly environment: OoiEnvironment;
  readonly requests: Requests;
  readonly statuses: Statuses;
  readonly now: () => Date;
}

/** What asks the facility. Queue: request, whose rate the server keeps over all workers. */
export const requestActivities = ({ environment, requests, statuses, now }: RequestDependencies) => {
  const lively = <T>(phase: string, work: Promise<T>): Promise<T> => withSignsOfLife(work, () => heartbeat({ phase }));
  return {
    /** Maintenance and outages are an answer here: the run says so, and looks again. */
    async lookAtServer({ flow }: OfStream): Promise<ServerSeen> {
      const name = streamOf(flow);
      try {
        const times = await lively('look', timesOfStream(environment.facility(flow), name, cancellationSignal()));
        if (times !== null) return { state: 'known', beginTime: times.beginTime, endTime: times.endTime };
        return { state: 'unknown_stream', says: `The facility has no stream ${name.stream} (${name.method}) of ${name.instrument}.` };
      } catch (error) {
        if (isFailure(error) && error.kind === 'again') return { state: 'unavailable', says: error.message };
        throw error;
      }
    },

    /** Asks once, whatever is killed on the way. */
    async askForData({ flow, run, kind, begin, end, replaces, attempt }: AskForData): Promise<RequestAnswer> {
      const table = flowTable(flow);
      if (replaces !== null) await giveUp({ requests, statuses }, replaces, 'An operator gave it up for a new one.', now());
      const wish: Wish = { table, kind, flow: flow.name, run, range: { begin, end }, attempt };
      const facility = environment.facility(flow);
      const outcome = await lively(
        'ask',
        askOnce({ facility, requests, lookMs: flow.upstream.lookMs }, streamOf(flow), wish, cancellationSignal()),
      );
      if (outcome.state === 'no_data') return { state: 'no_data', says: asSentence(outcome.says) };
      if (outcome.state === 'unanswered') return { state: 'unanswered', says: asSentence(outcome.says), lookAgainMs: outcome.lookAgainMs };
      const request = heldOf(outcome.record);
      if (request === null)
        return { state: 'unanswered', says: 'A request of this stream is being asked.', lookAgainMs: flow.upstream.lookMs };
      const { record, requestedAt } = request;
      await statuses.change(
        table,
        { flow: flow.name, request: { state: 'pending', record, kind, requestedAt, isReady: false, isOutstanding: true } },
        now(),
      );
      const { sizeBytes = null, estimatedSeconds: seconds = null } = outcome.record.accepted ?? {};
      return { state: 'accepted', request, sizeBytes, seconds };
    },

    /** Whether a finished request can be used a second time. */
    async lookForResults({ flow, request }: OfRequest): Promise<{ readonly areThere: boolean }> {
      const record = await requests.get(request.record);
      const areThere = record !== null && (await lively('look', areResultsThere(environment.facility(flow), record, cancellationSignal())));
      return { areThere };
    },

    /** Looks once, and says when to look next. */
    async pollRequest({ flow, request }: OfRequest): Promise<Polled> {
      const record = await requests.get(request.record);
      if (record === null)
        return { state: 'gone', againMs: askAgainMs('gone', request.attempt), says: 'The record of the request is gone.' };
      if (!isOutstanding(record.state)) return endOf(record, flow);
      const looking = lookAtRequest({ facility: environment.facility(flow), requests }, record, cancellationSignal());
      return polledOf(await lively('poll', looking), flow);
    },
  };
};

export const streamOf = ({ instrument, stream }: StreamFlow): StreamName => ({ instrument, method: stream.method, stream: stream.name });

/** A request that was accepted, as workflows carry it; null: it was not, so far. */
export function heldOf({ id: record, accepted, kind, range, attempt }: RequestRecord): HeldRequest | null {
  if (accepted === null) return null;
  return { record, attempt, id: accepted.id, kind, requestedAt: accepted.requestedAt, begin: range.begin, end: range.end };
}

async function giveUp(
  { requests, statuses }: Pick<RequestDependencies, 'requests' | 'statuses'>,
  id: string,
  why: string,
  now: Date,
): Promise<void> {
  const record = await requests.get(id);
  if (record !== null && isOutstanding(record.state)) await statuses.follow(await requests.move(id, 'replaced', why, now), now);
}

/** A look that was noted and whose answer never came back is answered as it was. */
function endOf({ id, state, why, attempt }: RequestRecord, flow: StreamFlow): Polled {
  const says = asSentence(`Request ${id} is ${state}: ${why ?? ''}`);
  switch (state) {
    case 'nothing_new':
      return { state, says: asSentence(why ?? '') };
    case 'failed':
    case 'expired':
    case 'gone':
      return { state, againMs: paced(askAgainMs(state, attempt), flow), says };
    default:
      return { state: 'failed', againMs: null, says };
  }
}

function polledOf(outcome: RequestOutcome, flow: StreamFlow): Polled {
  switch (outcome.state) {
    case 'waiting':
      // The flow's own pace; the doubling is the same.
      return {
        state: 'waiting',
        lookAgainMs: Math.round((outcome.nextLookMs * flow.upstream.lookMs) / LOOK_MS.first),
        says: 'The facility works on the request.',
      };
    case 'complete':
      return { state: 'complete', says: `${formatItems(outcome.dataFiles, 'file is', 'files are')} ready.` };
    case 'degraded':
    case 'nothing_new':
      return { state: outcome.state, says: asSentence(outcome.says) };
    case 'failed':
    case 'expired':
    case 'gone':
      return {
        state: outcome.state,
        againMs: paced(outcome.askAgainMs, flow),
        says: `${asSentence(outcome.says)} ${asSentence(outcome.remedy)}`,
      };
  }
}

const FIRST_AGAIN_MS = ASK_AGAIN_MS[0] ?? 1;
const paced = (againMs: number | null, { upstream }: StreamFlow): number | null =>
  againMs === null ? null : Math.round((againMs * upstream.againMs) / FIRST_AGAIN_MS);

export const asSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
