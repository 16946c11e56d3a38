import { signals } from '../../workflows/common/messages.ts';
import type { Context } from './context.ts';
import { requireRunning } from './lookup.ts';
import type { Answer } from './output.ts';

const SAID: Readonly<Record<'pause' | 'resume' | 'stop' | 'retry', string>> = {
  pause: 'Nothing new is started; what has begun is finished. Go on with: landfall resume',
  resume: 'It goes on.',
  stop: 'What has begun is finished, then the run ends; the next one goes on from there.',
  retry: 'It looks again, and tries again what is in quarantine.',
};

export interface Steering {
  readonly force?: boolean;
  /** A job that only reads, beside whatever writes. */
  readonly job?: string;
}

/** Sends one of the messages that every long-running workflow answers. */
export async function signalFlow(context: Context, signal: keyof typeof SAID, flow: string, options: Steering = {}): Promise<Answer> {
  const { force = false, job } = options;
  const { handle } = await requireRunning(context, flow, job ?? null);
  if (signal === 'retry' && force) await handle.signal(signals.retry, { force: true });
  else await handle.signal(signals[signal]);
  const said = signal === 'retry' && force ? 'It accepts what it asked about, and goes on.' : SAID[signal];
  return { value: { flow, signal, workflowId: handle.workflowId }, text: `${handle.workflowId}: ${said}` };
}

export async function setWidth(context: Context, flow: string, width: number, { job }: Steering = {}): Promise<Answer> {
  const { handle } = await requireRunning(context, flow, job ?? null);
  await handle.signal(signals.setWidth, width);
  return { value: { flow, width, workflowId: handle.workflowId }, text: `${handle.workflowId}: ${width} batches at once from now on.` };
}
