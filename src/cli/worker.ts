import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bound } from '../embedded/tether.ts';
import { environment } from './context.ts';
import type { GlobalOptions } from './output.ts';
import { workerCommand } from './worker-command.ts';

/** Runs a worker process in our place: signals go on to it, and its exit status is ours. */
export async function worker(options: GlobalOptions, queues: string | undefined, suffix: string | undefined): Promise<number> {
  const args = [...(queues === undefined ? [] : ['--queues', queues]), ...(suffix === undefined ? [] : ['--suffix', suffix])];
  const { command, args: all, env } = workerCommand(args, environment(options));
  const [bounded, boundedArgs] = bound(command, all);
  const child = spawn(bounded, boundedArgs, { env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const [code, signal] = await once(child, 'exit');
  return typeof code === 'number' ? code : signal === null ? 1 : 128;
}
