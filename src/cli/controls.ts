import { signals } from '../../workflows/common/messages.ts';
import type { Flow } from '../config/flow.ts';
import { Failure } from '../errors.ts';
import type { Context } from './context.ts';
import { type Held, holdSchedules, releaseSchedules } from './hold.ts';
import { notRunning, requireJob, requireRunning, runningWorkflow } from './lookup.ts';
import type { Answer } from './output.ts';
import { hasQuarantine, requireWidth } from './steerable.ts';

const SAID: Readonly<Record<'pause' | 'resume' | 'stop' | 'retry', string>> = {
  pause: 'Nothing new is started; what has begun is finished. Go on with: landfall resume',
  resume: 'It goes on.',
  stop: 'What has begun is finished, then the run ends; the next one goes on from there.',
  retry: 'It looks again, and tries again what is in quarantine.',
};

export interface Steering {
  readonly force?: boolean;
  /** A job that goes on beside the others. */
  readonly job?: string;
}

/** Sends one of the messages that every long-running workflow answers. */
export async function signalFlow(context: Context, signal: 'stop' | 'retry', flow: string, options: Steering = {}): Promise<Answer> {
  const { force = false, job } = options;
  const { handle } = await requireRunning(context, flow, job ?? null);
  const isOfItems = hasQuarantine(await context.flow(flow));
  if (signal === 'retry' && force) await handle.signal(signals.retry, { force: true });
  else await handle.signal(signals[signal]);
  const isLook = signal === 'retry' && !isOfItems;
  const said = signal === 'retry' && force ? 'It accepts what it asked about, and goes on.' : isLook ? 'It looks again.' : SAID[signal];
  return { value: { flow, signal, workflowId: handle.workflowId }, text: `${handle.workflowId}: ${said}` };
}

/** Holds a flow: its present run, or, where none is under way, its schedules, so that none begins. */
export async function pauseFlow(context: Context, name: string, { job }: Steering = {}): Promise<Answer> {
  const flow = await context.flow(name);
  requireJob(flow, job ?? null);
  const running = await runningWorkflow(context, flow, job ?? null);
  if (running !== null) {
    await running.handle.signal(signals.pause);
    return answer(
      name,
      'pause',
      running.handle.workflowId,
      [],
      [`${running.handle.workflowId}: ${SAID.pause} ${name}${job === undefined ? '' : ` --job ${job}`}`],
    );
  }
  const held = await holdSchedules(await context.client(), flow, job);
  if (held.length === 0) throw nothingToHold(flow, job ?? null, 'pause');
  return answer(name, 'pause', null, held, held.map(pausedLine));
}

/** Lets a flow go on: the run that was paused, and the schedules that `pause` held. */
export async function resumeFlow(context: Context, name: string, { job }: Steering = {}): Promise<Answer> {
  const flow = await context.flow(name);
  requireJob(flow, job ?? null);
  const running = await runningWorkflow(context, flow, job ?? null);
  const released = await releaseSchedules(await context.client(), flow, job);
  if (running === null && released.length === 0) throw nothingToHold(flow, job ?? null, 'resume');
  await running?.handle.signal(signals.resume);
  const lines = [...(running === null ? [] : [`${running.handle.workflowId}: ${SAID.resume}`]), ...released.map(resumedLine)];
  return answer(name, 'resume', running?.handle.workflowId ?? null, released, lines);
}

const nothingToHold = (flow: Flow, job: string | null, signal: 'pause' | 'resume'): Failure => {
  const { happened, remedy } = notRunning(flow, job);
  return new Failure({
    kind: 'stop',
    code: 'not_running',
    happened: `${happened}, and no schedule of its own starts it, so there is nothing to ${signal}`,
    remedy: `${remedy}. Where a run of another flow starts it, as that of a set of streams does, ${signal} that one`,
  });
};

const pausedLine = ({ id, state, note }: Held): string =>
  state === 'held'
    ? `Schedule ${id} is paused. Set it going again with: landfall resume ${flowOf(id)}`
    : `Schedule ${id} was paused already: ${note}`;

const resumedLine = ({ id, state, note }: Held): string =>
  state === 'released'
    ? `Schedule ${id} goes on.`
    : `Schedule ${id} was paused otherwise (${note}) and stays so. Set it going with: temporal schedule toggle --schedule-id ${id} --unpause --reason WHY`;

const flowOf = (id: string): string => id.slice(id.indexOf('/') + 1);

const answer = (
  flow: Flow['name'],
  signal: 'pause' | 'resume',
  workflowId: string | null,
  schedules: readonly Held[],
  lines: readonly string[],
): Answer => ({ value: { flow, signal, workflowId, schedules }, text: lines.join('\n') });

/** @throws {Failure} `usage`: what runs, or could, works on one thing at a time. */
export async function setWidth(context: Context, name: string, width: number, { job }: Steering = {}): Promise<Answer> {
  const flow = await context.flow(name);
  requireJob(flow, job ?? null);
  requireWidth(flow, job ?? null);
  const { handle, run } = await requireRunning(context, name, job ?? null);
  const what = requireWidth(flow, job ?? run?.job ?? null);
  await handle.signal(signals.setWidth, width);
  return {
    value: { flow: name, width, workflowId: handle.workflowId },
    text: `${handle.workflowId}: ${width} ${what} at once from now on.`,
  };
}
