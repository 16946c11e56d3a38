import { setTimeout as delay } from 'node:timers/promises';
import { Failure, messageOf } from '../errors.ts';
import { type Exit, endRecorded, logTail, type ProcessSpec, type Running, startProcess } from './process.ts';
import type { Report } from './progress.ts';

/** A process and how one knows that it does its work. */
export interface ServiceSpec extends ProcessSpec {
  /** What must be so before each start, a restart included. */
  readonly prepare?: () => Promise<void>;
  /** Asked again and again until it says true. Left out: a process that was started is ready. */
  readonly ready?: (pid: number) => Promise<boolean>;
  /** How long it may take to become ready. Milliseconds. */
  readonly readyWithinMs?: number;
}

export interface ServiceExit extends Exit {
  readonly name: string;
  readonly restarting: boolean;
}

export interface Supervised {
  /** The running process, or null between two. */
  pid(): number | null;
  /** Called whenever the process ends without `stop` having been asked for. */
  onExit(listener: (exit: ServiceExit) => void): void;
  /** Ends the process for good. */
  stop(): Promise<void>;
}

export interface SupervisionOptions {
  readonly report: Report;
  /** Whether a process that ends unasked is started again. */
  readonly restart: boolean;
}

/** Waits between restarts double from the first to the longest; a process that stayed up this long starts at the first again. Milliseconds. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 15_000;
const STABLE_MS = 30_000;

/** A cold disk and a busy machine; a server that needs longer has a problem that its log names. Milliseconds. */
const READY_WITHIN_MS = 90_000;
const POLL_MS = 40;

/**
 * Starts a process, resolves when it is ready, and from then on starts it again whenever it ends unasked.
 *
 * @throws {Failure} `server_not_startable`, `server_did_not_start` (it ended or was not ready in time; carries the end of its log).
 */
export async function supervise(spec: ServiceSpec, { report, restart }: SupervisionOptions): Promise<Supervised> {
  const listeners: ((exit: ServiceExit) => void)[] = [];
  const stopping = new AbortController();
  let running: Running | null = await startService(spec, stopping.signal);
  const life = (async () => {
    let waitMs = FIRST_WAIT_MS;
    while (running !== null) {
      const since = performance.now();
      const exit: Exit = await running.exited;
      running = null;
      if (stopping.signal.aborted) return;
      for (const listener of listeners) listener({ ...exit, name: spec.name, restarting: restart });
      if (!restart) return;
      if (performance.now() - since > STABLE_MS) waitMs = FIRST_WAIT_MS;
      while (running === null && !stopping.signal.aborted) {
        report(`${spec.name} ended (${describe(exit)}); starting it again in ${waitMs / 1000} s`);
        await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
        if (!stopping.signal.aborted) running = await startedAgain(spec, report, stopping.signal);
      }
    }
  })();
  return {
    pid: () => running?.pid ?? null,
    onExit: (listener) => void listeners.push(listener),
    async stop() {
      stopping.abort();
      await running?.stop();
      await life;
    },
  };
}

async function startedAgain(spec: ServiceSpec, report: Report, stopping: AbortSignal): Promise<Running | null> {
  try {
    const running = await startService(spec, stopping);
    report(`${spec.name} is up again`);
    return running;
  } catch (error) {
    if (!stopping.aborted) report(messageOf(error));
    return null;
  }
}

/** One start: ends what an earlier run left, starts, waits until ready. What did not become ready is stopped. */
async function startService(spec: ServiceSpec, stopping: AbortSignal): Promise<Running> {
  if (spec.pidFile !== null) await endRecorded(spec.pidFile);
  await spec.prepare?.();
  const running = await startProcess(spec);
  try {
    await untilReady(spec, running, stopping);
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
}

async function untilReady(spec: ServiceSpec, running: Running, stopping: AbortSignal): Promise<void> {
  const { ready, readyWithinMs = READY_WITHIN_MS } = spec;
  if (ready === undefined) return;
  let exit: Exit | null = null;
  void running.exited.then((ended) => {
    exit = ended;
  });
  const deadline = performance.now() + readyWithinMs;
  for (;;) {
    const isReady = await ready(running.pid);
    if (exit !== null) throw didNotStart(spec, running, `ended at once (${describe(exit)})`);
    if (isReady) return;
    if (stopping.aborted) throw didNotStart(spec, running, 'was stopped while it started');
    if (performance.now() > deadline) throw didNotStart(spec, running, `was not ready after ${readyWithinMs / 1000} s`);
    await delay(POLL_MS);
  }
}

function didNotStart(spec: ServiceSpec, running: Running, how: string): Failure {
  const tail = spec.logFile === null ? '' : logTail(spec.logFile, running.logFrom);
  return new Failure({
    kind: 'stop',
    code: 'server_did_not_start',
    happened: `${spec.name} ${how}${tail === '' ? '' : `; its log ends:\n${tail}\n`}`,
    remedy: spec.logFile === null ? 'Look at its output above' : `Look at ${spec.logFile}`,
  });
}

const describe = ({ code, signal }: Exit): string => (signal === null ? `exit code ${code}` : `signal ${signal}`);
