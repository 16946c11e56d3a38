import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { workerCommand } from '../../src/cli/worker-command.ts';

/** A worker in a process of its own, as a deployment runs it. */
export interface WorkerProcess {
  readonly pid: number;
  /** Everything it logged so far, one object a line. */
  log(): readonly Readonly<Record<string, unknown>>[];
  /** Asks it to end and waits; answers the exit code. */
  stop(): Promise<number | null>;
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts a worker over the servers of a home, and answers when it polls. It ends with this process. */
export async function startWorker(env: Readonly<Record<string, string>>, options: readonly string[] = []): Promise<WorkerProcess> {
  const {
    command,
    args,
    env: all,
  } = workerCommand(options, { ...process.env, LANDFALL_LOG_LEVEL: 'info', LANDFALL_LOG_FORMAT: 'json', ...env });
  const child = spawn(command, [...args], {
    env: all,
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const gone = once(child, 'exit').finally(() => process.off('exit', endWithUs));
  await Promise.race([once(child, 'message'), gone.then(() => Promise.reject(new Error(`The worker did not start: ${text}`)))]);
  return {
    pid: child.pid ?? 0,
    log: () => text.split('\n').flatMap(parsed),
    stop: () => end(child, 'SIGTERM', gone),
    kill: async () => void (await end(child, 'SIGKILL', gone)),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals, gone: Promise<unknown>): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  await gone;
  return child.exitCode;
}

function parsed(line: string): readonly Readonly<Record<string, unknown>>[] {
  if (!line.startsWith('{')) return [];
  return [JSON.parse(line)];
}
