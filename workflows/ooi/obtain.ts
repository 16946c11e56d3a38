import { condition, patched, workflowInfo } from '@temporalio/workflow';
import type { Asked, Decision, HeldRequest, RequestKind } from '../../activities/ooi/contracts.ts';
import type { recordActivities } from '../../activities/ooi/record.ts';
import type { requestActivities } from '../../activities/ooi/requests.ts';
import { utcText } from '../../src/observe/utc.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import type { Health } from '../../src/stores/runs.ts';
import { type Controls, mayGoOn } from '../common/controls.ts';
import type { Job } from '../common/job.ts';
import { besideStore, ooiActivities } from './activities.ts';

/** Where a run is with its request: what it takes along when it goes on as new. */
export interface Obtaining {
  /** Null: nothing was asked yet, or what was asked is over. */
  readonly request: HeldRequest | null;
  /** Looks at the present request. */
  readonly polls: number;
  /** Requests of this run that came to nothing, one after the other. */
  readonly failures: number;
  /** The decision is made once; after a failure only the request is repeated. */
  readonly isAgain: boolean;
}

export const NOTHING_ASKED: Obtaining = { request: null, polls: 0, failures: 0, isAgain: false };

/** How the wait for data ended. */
export type Obtained =
  | {
      readonly state: 'ready';
      readonly request: HeldRequest;
      readonly isDegraded: boolean;
      /** A request of an earlier run is used once more: what it did then is not this run's doing. */
      readonly isReused: boolean;
      readonly says: string;
    }
  | { readonly state: 'nothing_new' | 'failed'; readonly request: HeldRequest | null; readonly says: string }
  | { readonly state: 'refresh' | 'skipped' | 'refused' | 'dry'; readonly request: HeldRequest | null; readonly says: string }
  | { readonly state: 'stopped'; readonly request: HeldRequest | null; readonly says: string }
  /** The history has grown long. */
  | { readonly state: 'long'; readonly at: Obtaining };

export interface Obtain {
  readonly flow: StreamFlow;
  readonly kind: RequestKind;
  readonly asked: Asked;
  readonly isDryRun: boolean;
  readonly from: Obtaining;
  readonly controls: Controls;
  /** Called before each wait for the facility. */
  readonly onWait?: () => Promise<void>;
}

/** Decides what to ask the facility for, asks, and waits until it is ready: minutes to days, by timers that a signal `retry` cuts short. */
export async function obtain(job: Job, { flow, kind, asked, isDryRun, from, controls, onWait }: Obtain): Promise<Obtained> {
  const { askForData, lookAtServer, lookForResults } = ooiActivities<ReturnType<typeof requestActivities>>('request', flow);
  const { decide } = ooiActivities<ReturnType<typeof recordActivities>>(besideStore(flow), flow);
  const pause = async (wait: Wait): Promise<void> => {
    await job.says(wait.says(`at ${utcText(Date.now() + wait.ms)}`), wait.health ?? 'ok');
    await onWait?.();
    await waitFor(job, controls, wait);
  };
  let at = from;
  let gone: readonly string[] = [];
  let inVain = 0;
  for (;;) {
    if (!(await mayGoOn(controls))) return { state: 'stopped', request: at.request, says: whyStopped(at) };
    if (workflowInfo().continueAsNewSuggested) return { state: 'long', at };
    if (at.request === null) {
      const { retries } = controls;
      await job.enter('decide');
      const server = await lookAtServer({ flow, run: job.run });
      const decision = await decide({
        flow,
        run: job.run,
        kind,
        asked: at.isAgain ? { ...asked, force: true } : asked,
        server,
        gone,
        inVain,
      });
      if (decision.action === 'look_again') {
        await pause({ says: (when) => `${decision.says} Looks again ${when}.`, retries, ms: decision.afterMs });
        inVain += 1;
        continue;
      }
      inVain = 0;
      if (decision.action === 'continue') {
        const { request, says, isDegraded } = decision;
        // What is used a second time may be of months ago.
        if (decision.isFinished && patched('results') && !(await lookForResults({ flow, run: job.run, request })).areThere) {
          gone = [...gone, request.record];
          continue;
        }
        if (isDryRun) return { state: 'dry', request, says };
        if (decision.isFinished) return { state: 'ready', request, isDegraded, isReused: true, says };
        at = { ...at, request, polls: 0 };
        continue;
      }
      if (decision.action !== 'request') return { state: ENDS[decision.action], request: null, says: decision.says };
      if (isDryRun) return { state: 'dry', request: null, says: decision.says };

      await job.enter('request');
      const { begin, end, replaces } = decision;
      const wish = { flow, run: job.run, kind, begin, end, attempt: at.failures + 1 };
      const ask = (gives: string | null) =>
        askForData.executeWithOptions({ summary: `${kind} ${begin} to ${end}` }, [{ ...wish, replaces: gives }]);
      let answer = await ask(replaces);
      // The question stays the same, so nothing is decided anew: that would give up, or only report, the very request that is looked for.
      while (answer.state === 'unanswered') {
        const { retries: before } = controls;
        const { says, lookAgainMs: ms } = answer;
        await pause({ says: (when) => `${says} Looks for it again ${when}.`, retries: before, ms });
        if (!(await mayGoOn(controls))) return { state: 'stopped', request: null, says: whyStopped(at) };
        answer = await ask(null);
      }
      if (answer.state === 'no_data') return { state: 'nothing_new', request: null, says: answer.says };
      at = { ...at, request: answer.request, polls: 0 };
      continue;
    }
    const waited = await untilOver(job, flow, { ...at, request: at.request }, controls, pause);
    if ('state' in waited) return waited;
    at = waited;
  }
}

const ENDS = { refresh: 'refresh', skip: 'skipped', report_waiting: 'skipped', refuse: 'refused' } as const satisfies Partial<
  Record<Decision['action'], Obtained['state']>
>;

type Waiting = Obtaining & { readonly request: HeldRequest };

/** Looks at a request until it is over; answers where to go on when it has to be asked again. */
async function untilOver(
  job: Job,
  flow: StreamFlow,
  from: Waiting,
  controls: Controls,
  pause: (wait: Wait) => Promise<void>,
): Promise<Obtained | Obtaining> {
  const { pollRequest } = ooiActivities<ReturnType<typeof requestActivities>>('request', flow);
  const { request } = from;
  await job.enter('wait');
  for (let { polls } = from; await mayGoOn(controls); polls += 1) {
    if (workflowInfo().continueAsNewSuggested) return { state: 'long', at: { ...from, polls } };
    const { retries } = controls;
    const polled = await pollRequest.executeWithOptions({ summary: `look ${polls + 1} at ${request.id}` }, [
      { flow, run: job.run, request },
    ]);
    switch (polled.state) {
      case 'waiting':
        await pause({
          says: (when) => `${polled.says} Not ready since ${utcText(request.requestedAt)}, looks next ${when}.`,
          retries,
          ms: polled.lookAgainMs,
        });
        break;
      case 'complete':
      case 'degraded':
        return { state: 'ready', request, isDegraded: polled.state === 'degraded', isReused: false, says: polled.says };
      case 'nothing_new':
        return { state: 'nothing_new', request, says: polled.says };
      case 'failed':
      case 'expired':
      case 'gone':
        if (polled.againMs === null) return { state: 'failed', request, says: polled.says };
        if (polled.againMs > 0) {
          await pause({ says: (when) => `${polled.says} Asks again ${when}.`, health: 'failing', retries, ms: polled.againMs });
        }
        return { request: null, polls: 0, failures: from.failures + 1, isAgain: true };
    }
  }
  return { state: 'stopped', request, says: whyStopped(from) };
}

const whyStopped = ({ request }: Obtaining): string =>
  request === null
    ? 'Stopped by an operator before anything was asked.'
    : `Stopped by an operator while request ${request.id} of ${utcText(request.requestedAt)} waits; the next run goes on with it.`;

/** A wait for the facility. */
interface Wait {
  /** What for; `when` it goes on: `at 2026-11-25 23:54:35 UTC`. */
  readonly says: (when: string) => string;
  readonly health?: Health;
  readonly ms: number;
  /** Signals `retry` that had come before it was known that there is something to wait for: one that comes while it is noted counts too. */
  readonly retries: number;
}

/** Waits; a stop cuts it short, and so does a retry. A pause does too: the run says so, and looks when it is resumed. */
async function waitFor(job: Job, controls: Controls, { says, health = 'ok', ms, retries }: Wait): Promise<void> {
  const isCutShort = (): boolean => controls.retries > retries || controls.isStopping;
  const seesPauses = patched('pausedWaits');
  await condition(() => isCutShort() || (seesPauses && controls.isPaused), ms);
  if (seesPauses && controls.isPaused && !controls.isStopping) await job.saysPaused(says('when it is resumed'), health);
  // What was asked here is to look now; there is no quarantine to try again.
  controls.wantsQuarantine = false;
}
