import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Failure } from '../../errors.ts';
import type { Root } from './disk-folder.ts';

/** Longer than one who reads an object and renames another; a change of a whole series may take longer, and who waits then comes again. */
const WAIT_SECONDS = 60;

/** `flock -E`: how it says that the wait was in vain. */
const BUSY_STATUS = 75;

/** What waits for its turn in this process: one of them at a time asks the kernel for the lock. */
const turns = new Map<string, Promise<unknown>>();

/** Runs a step when those before it, of the same process and store, have ended. */
export async function inTurn<T>({ path }: Root, step: () => Promise<T>): Promise<T> {
  const turn = (turns.get(path) ?? Promise.resolve()).then(step);
  const settled = turn.catch(() => undefined);
  turns.set(path, settled);
  try {
    return await turn;
  } finally {
    if (turns.get(path) === settled) turns.delete(path);
  }
}

/**
 * Runs a step that no other conditional writer of this store does meanwhile, in whatever process.
 *
 * The kernel's own lock (flock(1)): it ends with its holder, however that ends. The step is told how to see that it still has the lock.
 * @throws {Failure} `store_locked` (again)
 */
export async function underLock<T>(
  { path, place }: Root,
  signal: AbortSignal | undefined,
  step: (checkHeld: () => void) => Promise<T>,
): Promise<T> {
  // `cat` echoes once it runs, which is once the lock is held, and ends when our end of the pipe closes: also when we are killed.
  const args = ['-F', '-w', `${WAIT_SECONDS}`, '-E', `${BUSY_STATUS}`, join(path, '.landfall-lock'), 'cat'];
  const holder = spawn('flock', args, { stdio: ['pipe', 'pipe', 'pipe'], ...(signal === undefined ? {} : { signal }) });
  let complaint = '';
  holder.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  holder.stdin.on('error', () => undefined); // it ended before it read: its status says why
  let ended: number | null | undefined;
  const end = new Promise<void>((resolve, reject) => {
    holder.once('error', reject);
    holder.once('close', (status) => {
      ended = status;
      resolve();
    });
  });
  const checkHeld = () => {
    if (ended !== undefined) throw notHeld(place, ended, complaint);
  };
  try {
    holder.stdin.write('.');
    await Promise.race([once(holder.stdout, 'data'), end]);
    checkHeld();
    return await step(checkHeld);
  } finally {
    holder.stdin.end();
    await end.catch(() => undefined);
  }
}

const notHeld = (place: string, status: number | null, complaint: string): Failure =>
  status === BUSY_STATUS
    ? new Failure({
        kind: 'again',
        code: 'store_locked',
        happened: `Another has held the lock of ${place} for ${WAIT_SECONDS} seconds`,
        remedy: `It is tried again by itself. Where no work goes on there, look for a stopped process that has ${place}/.landfall-lock open`,
      })
    : new Failure({
        kind: 'again',
        code: 'store_locked',
        happened: `The lock of ${place} was lost (flock ended with ${status ?? 'a signal'}${complaint === '' ? '' : `: ${complaint.trim()}`})`,
      });
