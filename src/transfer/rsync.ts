import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { errnoOf, Failure } from '../errors.ts';
import { type RsyncOutcome, readExit } from '../formats/rsync/exit.ts';
import { syncFolder } from './durable.ts';
import { openTail, type Tail } from './lines.ts';
import { type RsyncCall, rsyncCommand } from './rsync-arguments.ts';

export interface RsyncPass extends Omit<RsyncCall, 'lockWaitSeconds'> {
  readonly password?: string;
  /** Two files of this pass, created by it. Standard output and error go straight into them, so that nothing said is lost with a reader. */
  readonly log: string;
  readonly errors: string;
  /** Ends rsync within 5 s. */
  readonly signal: AbortSignal;
  readonly tickMs?: number;
  /** Default 5: a predecessor that was just told to end gets that long. */
  readonly lockWaitSeconds?: number;
  /** The lines that were completed since the last call; in batches, in order, each line once. */
  readonly onLines: (lines: readonly string[]) => void;
  /** Once a tick, when everything read so far is durable. What it throws ends rsync and is thrown on. */
  readonly onTick?: () => Promise<void>;
}

const TICK_MS = 1000;
const LOCK_WAIT_SECONDS = 5;
/** rsync tidies up on TERM; what has not ended after this is killed. */
const PATIENCE_MS = 3000;
const STDERR_BYTES = 64 * 1024;

/**
 * Runs one pass of rsync to its end and says what the end means. Never throws for an unclean end: the outcome tells, and the log keeps
 * what was done until then.
 *
 * @throws {Failure} `rsync_not_started` when the programs are missing.
 * @throws the signal's reason when it was aborted, or what `onTick` threw. rsync has ended by then.
 */
export async function runRsync(pass: RsyncPass): Promise<RsyncOutcome> {
  pass.signal.throwIfAborted();
  const log = await open(pass.log, 'a');
  const errors = await open(pass.errors, 'a');
  const tail = await openTail(pass.log);
  try {
    await syncFolder(dirname(pass.log));
    const end = await watch(pass, tail, log, errors);
    pass.signal.throwIfAborted();
    return readExit({ ...end, stderr: await headOf(pass.errors) }, pass.source.url);
  } finally {
    await Promise.all([tail.close(), log.close(), errors.close()]);
  }
}

interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

async function watch(pass: RsyncPass, tail: Tail, log: FileHandle, errors: FileHandle): Promise<ProcessEnd> {
  const tickFailed = new AbortController();
  const ended = startRsync(pass, log, errors, AbortSignal.any([pass.signal, tickFailed.signal]));
  let isRunning = true;
  const stopped = ended.finally(() => {
    isRunning = false;
  });
  const settled = stopped.catch(() => undefined);
  try {
    while (isRunning) {
      await firstOf(settled, pass.tickMs ?? TICK_MS);
      await tail.drain(pass.onLines);
      await tail.sync();
      if (isRunning) await pass.onTick?.();
    }
  } catch (error) {
    tickFailed.abort();
    await settled;
    throw error;
  }
  await tail.drain(pass.onLines);
  await tail.sync();
  return stopped;
}

async function startRsync(pass: RsyncPass, log: FileHandle, errors: FileHandle, signal: AbortSignal): Promise<ProcessEnd> {
  const [program, ...args] = rsyncCommand({ ...pass, lockWaitSeconds: pass.lockWaitSeconds ?? LOCK_WAIT_SECONDS });
  const running = execa(program, args, {
    // A process group of its own, so that its two halves can be ended together.
    detached: true,
    stdin: 'ignore',
    // A file's stream is handed on as its descriptor: rsync writes into the file itself, and no reader stands between.
    stdout: log.createWriteStream({ autoClose: false }),
    stderr: errors.createWriteStream({ autoClose: false }),
    buffer: false,
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: PATIENCE_MS,
    // The C locale makes rsync print every byte outside ASCII as an escape. Without a password in its environment it would ask the terminal.
    env: { LC_ALL: 'C', RSYNC_PASSWORD: pass.password ?? '' },
  });
  const result = await running;
  endOtherHalf(running.pid);
  if (errnoOf(result.cause) === 'ENOENT') {
    throw new Failure({
      kind: 'stop',
      code: 'rsync_not_started',
      happened: `The program ${program} is not on this machine`,
      remedy: 'Install rsync and util-linux',
      cause: result.cause,
    });
  }
  return { exitCode: result.exitCode ?? null, signal: result.signal ?? null };
}

/** When one half of rsync is killed, the other lives on, with the lock, until it has something to say: for minutes when the source is silent. */
function endOtherHalf(group: number | undefined): void {
  if (group === undefined) return;
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}

async function firstOf(ended: Promise<unknown>, milliseconds: number): Promise<void> {
  const timer = new AbortController();
  const tick = delay(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([ended, tick]);
  timer.abort();
}

/** The beginning of standard error tells the cause, its end the consequence. */
async function headOf(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size <= STDERR_BYTES) return readFile(path, 'utf8');
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(STDERR_BYTES), 0, STDERR_BYTES, 0);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}
