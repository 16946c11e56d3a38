import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { environment } from './context.ts';
import type { GlobalOptions } from './output.ts';

const main = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));

/** Runs a worker process in our place: signals go on to it, and its exit status is ours. */
export async function worker(options: GlobalOptions, queues: string | undefined, suffix: string | undefined): Promise<number> {
  const args = [...(queues === undefined ? [] : ['--queues', queues]), ...(suffix === undefined ? [] : ['--suffix', suffix])];
  const child = spawn(process.execPath, [main, ...args], { env: environment(options), stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const [code, signal] = await once(child, 'exit');
  return typeof code === 'number' ? code : signal === null ? 1 : 128;
}
