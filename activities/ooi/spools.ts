import { isFailure } from '../../src/errors.ts';
import { utcText } from '../../src/observe/utc.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import { flowTable } from '../../src/ooi/form.ts';
import { isOutstanding, type RequestRecord } from '../../src/ooi/requests/record.ts';
import type { Requests } from '../../src/ooi/requests/requests.ts';
import type { Statuses } from '../../src/ooi/requests/status.ts';
import type { Runs } from '../../src/stores/runs.ts';
import type { OoiEnvironment } from './environment.ts';
import { dropSpool } from './spool.ts';

export interface SpoolDependencies {
  readonly environment: Pick<OoiEnvironment, 'spool'>;
  readonly requests: Requests;
  readonly statuses: Pick<Statuses, 'follow'>;
  readonly runs: Runs;
}

/**
 * Deletes the files of requests that are over. A refresh that is under way takes in the appends that came meanwhile: then theirs are kept
 * until it is published, or given up.
 */
export async function dropSpools(use: SpoolDependencies, flow: StreamFlow, at: Date): Promise<void> {
  const { environment, requests, runs } = use;
  const table = flowTable(flow);
  const refresh = await requests.outstanding(table, 'refresh');
  if (refresh !== null && !(await isForgotten(runs, flow, refresh, at))) return;
  if (refresh !== null && !(await giveUp(use, refresh, at))) return;
  for (const { accepted, state } of await requests.latest(table, refresh === null ? LATEST : ALL)) {
    if (accepted !== null && !isOutstanding(state)) await dropSpool(environment.spool(flow, accepted.id));
  }
}

const LATEST = 50;

/** One a day, while a refresh that nobody took up again kept them. */
const ALL = 5_000;

/** Its files have been there for longer than a generation is kept, and no refresh has moved since: one was stopped, and nobody started another. */
async function isForgotten(runs: Runs, { name, store }: StreamFlow, { state, stateSince }: RequestRecord, at: Date): Promise<boolean> {
  const latest = at.getTime() - store.keepMs;
  if (state !== 'ready' || stateSince.getTime() > latest) return false;
  const [last] = await runs.latest(name, 1, ['refresh']);
  return last === undefined || last.endedAt !== null || last.updatedAt.getTime() <= latest;
}

/** false: a run has taken it up in this moment. */
async function giveUp({ requests, statuses }: SpoolDependencies, { id, stateSince }: RequestRecord, at: Date): Promise<boolean> {
  const says = `Given up: it was ready since ${utcText(stateSince)}, and no refresh has taken it up. The next refresh asks anew.`;
  try {
    await statuses.follow(await requests.move(id, 'expired', says, at), at);
    return true;
  } catch (error) {
    if (isFailure(error, 'request_moved')) return false;
    throw error;
  }
}
