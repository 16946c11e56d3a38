import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { errnoOf } from '../../src/errors.ts';

/** Ids of the rsync processes (both halves) whose arguments end in this folder. */
export async function rsyncsOver(mirror: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
      return words[0] === 'rsync' && words.includes(`${mirror}/`) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

export async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

/** Sends a signal to processes that this test has started; one that has just ended is no fault. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (errnoOf(error) !== 'ESRCH') throw error;
    }
  }
}

const FIRST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 200;

/**
 * Waits until something is true of the system; the test's own timeout ends a wait in vain. A look is often a question to several servers:
 * what has lasted longer is looked at less often.
 */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let pauseMs = FIRST_LOOK_MS; !(await isSo()); pauseMs = Math.min(LONGEST_LOOK_MS, pauseMs * 1.15)) await delay(pauseMs);
}
