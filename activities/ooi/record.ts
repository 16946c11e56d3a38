import { isFailure } from '../../src/errors.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import { flowTable } from '../../src/ooi/form.ts';
import type { History } from '../../src/ooi/requests/history.ts';
import type { Owed } from '../../src/ooi/requests/owed.ts';
import type { Requests } from '../../src/ooi/requests/requests.ts';
import { requestStatus, type StatusChange, type Statuses } from '../../src/ooi/requests/status.ts';
import { isoOfTime } from '../../src/ooi/time-text.ts';
import type { Runs } from '../../src/stores/runs.ts';
import type { Breaking, Decision, Ending, EndingNoted } from './contracts.ts';
import { type DecideDependencies, type DecideRun, decideRun } from './decide.ts';
import type { OoiEnvironment } from './environment.ts';
import { dropSpools } from './spools.ts';

export interface RecordDependencies extends DecideDependencies {
  readonly environment: OoiEnvironment;
  readonly requests: Requests;
  readonly owed: Owed;
  readonly statuses: Statuses;
  readonly history: History;
  readonly runs: Runs;
  readonly now: () => Date;
}

/** Book-keeping of single streams. Queue: control, or transfer of the host that the flow names: it looks at the store and clears the spool. */
export const recordActivities = (use: RecordDependencies) => {
  const { requests, owed, statuses, history, runs, now } = use;
  return {
    async decide(wanted: DecideRun): Promise<Decision> {
      return await decideRun(use, wanted);
    },

    /** What the run came to, in the records of the request, the stream and its history. Repeated it changes nothing. */
    async noteEnding(ending: Ending): Promise<EndingNoted> {
      const { flow, run, job, request, outcome, says, brought } = ending;
      const table = flowTable(flow);
      const at = now();
      const isDone = outcome === 'appended' || outcome === 'published';
      if (request !== null && isDone) {
        const record = await requests.get(request.record);
        await owed.settle(table, request, [...(record?.owed ?? []), ...(brought?.owed ?? [])], request.record, at);
        await consumed(requests, request.record, says, at);
        await dropSpools(use, flow, at);
      }
      await statuses.change(table, changeBy(ending, at), at);
      const left = request === null || outcome !== 'stopped' ? null : await requests.get(request.record);
      if (left !== null) await statuses.follow(left, at);
      const subject = request?.record ?? null;
      await history.add(`${run}/${outcome}`, { table, at, event: job, state: outcome, says, run, subject });
      const [begun, all] = await Promise.all([runs.get(run), owed.of(table)]);
      const startedAt = begun?.startedAt ?? null;
      return {
        owed: all.map(({ begin, end }) => ({ begin, end })),
        startedAt: startedAt?.toISOString() ?? null,
        seconds: startedAt === null ? 0 : (at.getTime() - startedAt.getTime()) / 1000,
      };
    },

    /** A run that was broken off, in the history of the stream and in its status. Queue: control. Repeated it changes nothing. */
    async noteBreaking({ flow, run, job, phase, says }: Breaking): Promise<void> {
      const [table, at] = [flowTable(flow), now()];
      await history.add(`${run}/broken`, { table, at, event: job, state: 'failed', says, run, subject: null });
      if (job !== 'harvest' && job !== 'refresh') return;
      const last = await requests.last(table, job === 'harvest' ? 'append' : 'refresh');
      const change: StatusChange = PROCESSING.has(phase)
        ? { process: { state: 'failed', at: at.toISOString() } }
        : last === null
          ? {}
          : { request: requestStatus(last) };
      await statuses.change(table, { flow: flow.name, ...change }, at);
    },
  };
};

/** From a request that is ready to rows in the store: what fails there is no fault of the request. */
const PROCESSING: ReadonlySet<string> = new Set(['fetch', 'append', 'build', 'compare', 'publish', 'record']);

/** A request that another run has closed meanwhile is no trouble: its rows are in the store. */
async function consumed(requests: Requests, record: string, says: string, at: Date): Promise<void> {
  try {
    await requests.move(record, 'consumed', says, at);
  } catch (error) {
    if (!isFailure(error, 'request_moved')) throw error;
  }
}

function changeBy({ flow, job, request, outcome, range }: Ending, at: Date): StatusChange {
  const isDone = outcome === 'appended' || outcome === 'published';
  return {
    flow: flow.name,
    ...(request === null || outcome === 'stopped'
      ? {}
      : {
          request: {
            state: outcome === 'failed' || outcome === 'refused' ? ('failed' as const) : ('success' as const),
            record: request.record,
            kind: request.kind,
            requestedAt: request.requestedAt,
            isReady: isDone,
            isOutstanding: false,
          },
        }),
    ...(isDone ? { process: { state: 'success' as const, at: at.toISOString() } } : {}),
    ...(range === null
      ? {}
      : { store: { location: locationOf(flow), first: isoOfTime(range.firstTime), last: isoOfTime(range.lastTime) } }),
    ...(job === 'refresh' && isDone ? { lastRefresh: at.toISOString() } : {}),
  };
}

/** Where readers find the store of a stream. */
export function locationOf(flow: StreamFlow): string {
  const { place } = flow.store;
  const table = flowTable(flow);
  return place.kind === 'disk'
    ? `${place.folder}/${table}`
    : `s3://${[place.bucket, place.prefix, table].filter((part) => part !== '').join('/')}`;
}
