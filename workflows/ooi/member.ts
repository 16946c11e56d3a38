import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ApplicationFailure, ChildWorkflowFailure, isCancellation, rootCause, sleep, startChild } from '@temporalio/workflow';
import type { jobActivities, RunState } from '../../activities/common/job.ts';
import type { SetFlow } from '../../src/ooi/flow.ts';
import { bookKeeping } from '../common/book-keeping.ts';
import type { HarvestResult, HarvestWorkflow } from './harvest.ts';
import { memoOf } from './of-set.ts';

/** What each stream of a set is started with. */
export interface MemberInput {
  readonly force?: true;
  readonly refresh?: true;
}

/** The run of one stream of a set. */
export interface Member {
  readonly flow: string;
  readonly workflowId: string;
  readonly runId: string;
}

export interface MemberEnd {
  /** `waiting`: what it needs is a refresh, which goes on by itself. `busy`: another run works on it. */
  readonly state: 'done' | 'skipped' | 'waiting' | 'busy' | 'stopped' | 'failed';
  readonly says: string;
}

/** Starts the harvest of a stream under the id that a person would start it by, so that there is one of it. */
export async function startMember(
  flow: string,
  set: SetFlow,
  given: MemberInput,
): Promise<{ readonly member: Member; readonly ended: Promise<MemberEnd> } | MemberEnd> {
  const workflowId = `harvest/${flow}`;
  try {
    const child = await startChild<HarvestWorkflow>('harvest', {
      workflowId,
      args: [{ flow, ...given }],
      parentClosePolicy: 'ABANDON',
      staticSummary: `harvest of ${flow}, started by set ${set.name}`,
      memo: memoOf(set),
    });
    const ended = child.result().then(endOf, failed);
    return { member: { flow, workflowId, runId: child.firstExecutionRunId }, ended };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { state: 'busy', says: `${workflowId} is under way already.` };
    if (isCancellation(error)) throw error;
    return failed(error);
  }
}

function endOf({ state, message: says }: Pick<HarvestResult, 'state' | 'message'>): MemberEnd {
  switch (state) {
    case 'done':
    case 'dry':
      return { state: 'done', says };
    case 'unchanged':
    case 'skipped':
      return { state: 'skipped', says };
    case 'refresh':
      return { state: 'waiting', says };
    case 'stopped':
    case 'failed':
      return { state, says };
  }
}

function failed(error: unknown): MemberEnd {
  const cause = error instanceof ChildWorkflowFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure && cause.type === 'flow_busy') return { state: 'busy', says: cause.message };
  if (isCancellation(error)) return { state: 'stopped', says: 'It was cancelled.' };
  return { state: 'failed', says: rootCause(error) ?? String(error) };
}

const FIRST_LOOK_MS = 2_000;
const LONGEST_LOOK_MS = 5 * 60_000;

/**
 * Tells the ends of members that a run before this one started, by what is kept of them, since their ends are not told to this run.
 * One look for all of them, whatever their number; looks become rarer.
 */
export async function watchCarried(carried: readonly Member[], onEnd: (member: Member, end: MemberEnd) => void): Promise<void> {
  const { runStates } = bookKeeping<ReturnType<typeof jobActivities>>();
  let open = carried;
  for (let pauseMs = FIRST_LOOK_MS; open.length > 0; pauseMs = Math.min(LONGEST_LOOK_MS, pauseMs * 2)) {
    const states = await runStates({ runs: open.map(({ workflowId, runId }) => ({ job: 'harvest', workflowId, runId })) });
    const endOfMember = ({ runId }: Member): RunState | undefined => states.find((state) => state.runId === runId && !state.isOpen);
    for (const member of open) {
      const state = endOfMember(member);
      if (state !== undefined) onEnd(member, keptEnd(member.flow, state));
    }
    const left = open.filter((member) => endOfMember(member) === undefined);
    if (left.length < open.length) pauseMs = FIRST_LOOK_MS;
    open = left;
    if (open.length > 0) await sleep(pauseMs);
  }
}

function keptEnd(flow: string, { health, says, record }: RunState): MemberEnd {
  if (health === null) return { state: 'failed', says: `${flow} ended without keeping its record.` };
  const state = isState(record?.state) ? record.state : health === 'stopped' ? 'stopped' : 'failed';
  return endOf({ state, message: says ?? '' });
}

const STATES: readonly HarvestResult['state'][] = ['done', 'unchanged', 'skipped', 'refresh', 'failed', 'stopped', 'dry'];
const isState = (value: unknown): value is HarvestResult['state'] => STATES.some((state) => state === value);
