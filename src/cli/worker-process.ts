import { choosePorts } from '../embedded/ports.ts';
import { type Supervised, supervise } from '../embedded/supervise.ts';
import { workerCommand } from './worker-command.ts';

export interface WorkerProcess {
  readonly worker: Supervised;
  /** Where it answers /healthz and /metrics. */
  readonly status: string;
}

export interface WorkerProcessOptions {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  /** Arguments of workers/main.ts. */
  readonly args: readonly string[];
  /** A file, or null for our own output. */
  readonly logFile: string | null;
  readonly report: (line: string) => void;
}

/** Longer than the workers' own grace, so that they end by themselves. */
const STOP_GRACE_MS = 45_000;

/** Starts a worker process that is started again whenever it dies, and resolves when it polls its queues. */
export async function startWorker({ home, env, args, logFile, report }: WorkerProcessOptions): Promise<WorkerProcess> {
  const { status: port } = await choosePorts({ status: null });
  const status = `http://127.0.0.1:${port}`;
  const worker = await supervise(
    {
      name: 'worker',
      ...workerCommand(args, { ...env, LANDFALL_HTTP: `127.0.0.1:${port}` }),
      logFile,
      pidFile: `${home}/pids/worker`,
      stopSignal: 'SIGTERM',
      stopGraceMs: STOP_GRACE_MS,
      ready: () => isReady(status),
    },
    { report, restart: true },
  );
  return { worker, status };
}

async function isReady(status: string): Promise<boolean> {
  try {
    const { ok } = await fetch(`${status}/healthz`, { signal: AbortSignal.timeout(1_000) });
    return ok;
  } catch (error) {
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')) return false;
    throw error;
  }
}
