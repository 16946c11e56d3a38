import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { QUEUES } from '../config/queues.ts';
import { bound } from '../embedded/tether.ts';
import { Failure } from '../errors.ts';
import { environment, withContext } from './context.ts';
import type { GlobalOptions } from './output.ts';
import { workerCommand } from './worker-command.ts';

/** Runs a worker process in our place: signals go on to it, and its exit status is ours. */
export async function worker(options: GlobalOptions, queues: string | undefined, suffix: string | undefined): Promise<number> {
  const chosen = queues === undefined ? [] : queuesIn(queues);
  // A worker whose servers are away would say so in its log alone.
  await withContext(options, async (context) => {
    await context.client();
    await context.database();
  });
  const args = [...(chosen.length === 0 ? [] : ['--queues', chosen.join(',')]), ...(suffix === undefined ? [] : ['--suffix', suffix])];
  const { command, args: all, env } = workerCommand(args, environment(options));
  const [bounded, boundedArgs] = bound(command, all);
  const child = spawn(bounded, boundedArgs, { env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const [code, signal]: unknown[] = await once(child, 'exit');
  return typeof code === 'number' ? code : 128 + signalNumber(signal);
}

/** @throws {Failure} `unknown_queue` (stop): with the known ones. Task queues may be called by their names in Temporal too. */
export function queuesIn(text: string): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => (name === 'landfall' ? 'control' : name.replace(/^landfall-/, '')));
  const unknown = names.find((name) => !QUEUES.some((queue) => queue === name));
  if (names.length > 0 && unknown === undefined) return names;
  throw new Failure({
    kind: 'stop',
    code: 'unknown_queue',
    happened: unknown === undefined ? 'No queue is named' : `"${unknown}" is no queue`,
    expected: `some of ${QUEUES.join(', ')}`,
    remedy: 'Correct --queues',
  });
}

const signalNumber = (name: unknown): number => Object.entries(constants.signals).find(([signal]) => signal === name)?.[1] ?? 0;
