import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errnoOf, Failure } from '../errors.ts';
import { isAlive, isProcessId, type ProcessId, processStartTime } from './liveness.ts';
import { bound } from './tether.ts';

/** How one server process is run. */
export interface ProcessSpec {
  /** For people and file names: `temporal`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Both outputs are appended here; null passes them through to ours. */
  readonly logFile: string | null;
  /** Names the running process, so that the next start finds one that outlived us; null for a process that owns nothing. */
  readonly pidFile: string | null;
  readonly stopSignal: NodeJS.Signals;
  /** After this long without an end the process is killed. Milliseconds. */
  readonly stopGraceMs: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Running {
  readonly pid: number;
  /** Length of the log when the process started: what follows is its own. Bytes. */
  readonly logFrom: number;
  readonly exited: Promise<Exit>;
  stop(): Promise<Exit>;
}

/** A log beyond this size becomes `.1` at the next start. Bytes. */
const LOG_LIMIT = 20_000_000;

/**
 * Starts a process that cannot outlive us, however we end (see `bound`).
 * It leads a session of its own, so that Ctrl-C reaches us alone and we stop our processes in order.
 */
export async function startProcess(spec: ProcessSpec): Promise<Running> {
  const log = spec.logFile === null ? null : openLog(spec.logFile);
  const logFrom = log === null ? 0 : fstatSync(log).size;
  const [command, args] = bound(spec.command, spec.args);
  const child = spawn(command, args, {
    cwd: spec.cwd,
    env: spec.env ?? process.env,
    stdio: ['ignore', log ?? 'inherit', log ?? 'inherit'],
    detached: true,
  });
  const exited = exitOf(child);
  if (log !== null) closeSync(log);
  await spawned(child, spec);
  const { pid } = child;
  if (pid === undefined) throw new Error('a spawned process has a number');
  if (spec.pidFile !== null) record(spec.pidFile, spec.name, pid, exited);
  return { pid, logFrom, exited, stop: () => stopChild(child, exited, spec) };
}

function record(pidFile: string, name: string, pid: number, exited: Promise<Exit>): void {
  mkdirSync(dirname(pidFile), { recursive: true });
  const startTime = processStartTime(pid);
  if (startTime !== null) writeWhole(pidFile, JSON.stringify({ pid, startTime, name }));
  void exited.then(() => rmSync(pidFile, { force: true }));
}

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT) renameSync(path, `${path}.1`);
  return openSync(path, 'a');
}

const exitOf = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });

function spawned(child: ChildProcess, spec: ProcessSpec): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) =>
      reject(
        new Failure({
          kind: 'stop',
          code: 'server_not_startable',
          happened: `${spec.name} could not be started: ${cause.message}`,
          expected: 'setpriv and sh on PATH (util-linux, any POSIX shell) and an executable program',
          remedy: 'Install util-linux, or look at the path',
          cause,
        }),
      ),
    );
  });
}

async function stopChild(child: ChildProcess, exited: Promise<Exit>, spec: ProcessSpec): Promise<Exit> {
  child.kill(spec.stopSignal);
  const timer = setTimeout(() => child.kill('SIGKILL'), spec.stopGraceMs);
  try {
    return await exited;
  } finally {
    clearTimeout(timer);
  }
}

/** Ends a process that an earlier run recorded and that is still there. */
export async function endRecorded(pidFile: string): Promise<void> {
  const recorded = readRecorded(pidFile);
  if (recorded !== null) await endProcess(recorded);
  rmSync(pidFile, { force: true });
}

/** Kills exactly this process and waits until it is gone. */
export async function endProcess(target: ProcessId): Promise<void> {
  while (isAlive(target)) {
    try {
      process.kill(target.pid, 'SIGKILL');
    } catch (error) {
      if (errnoOf(error) !== 'ESRCH') throw error;
    }
    await delay(20);
  }
}

function readRecorded(pidFile: string): ProcessId | null {
  try {
    const value: unknown = JSON.parse(readFileSync(pidFile, 'utf8'));
    return isProcessId(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError || errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Writes a small file so that a reader sees all of it or the one before. */
export function writeWhole(path: string, text: string): void {
  const aside = join(dirname(path), `.${basename(path)}.${process.pid}.new`);
  writeFileSync(aside, text);
  renameSync(aside, path);
}

/** The end of what was logged from a place on, for a message about a server that did not come up. */
export function logTail(path: string, from: number, lines = 8): string {
  try {
    return readFileSync(path).subarray(from).toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}
