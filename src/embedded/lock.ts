import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errnoOf } from '../errors.ts';
import { isAlive, isProcessId, ownProcess, type ProcessId } from './liveness.ts';

export interface Lock {
  release(): void;
}

/** Either the lock, or who has it. */
export type LockAttempt = { readonly state: 'held'; readonly lock: Lock } | { readonly state: 'busy'; readonly holder: ProcessId };

/**
 * Tries once to take the lock `path` for this process. A holder that died, however it died, does not hold it.
 *
 * The lock is a row of files `path.1`, `path.2`, …, each naming its holder; the highest counts. Taking over from a dead or departed
 * holder of n means creating n + 1, which the file system grants to one taker only, so two takers that find the same stale lock never
 * both get it. Files appear complete (written aside, then linked), so a taker killed half-way leaves nothing that could be misread.
 */
export function tryLock(path: string): LockAttempt {
  mkdirSync(dirname(path), { recursive: true });
  for (;;) {
    const last = highest(path);
    const holder = last === 0 ? null : readHolder(`${path}.${last}`);
    if (holder !== null && isAlive(holder)) return { state: 'busy', holder };
    const mine = claim(path, last + 1);
    if (mine !== null) return { state: 'held', lock: mine };
  }
}

/** Waits for the lock, asking again every 200 ms. `onWait` is told once, when somebody else has it. */
export async function waitForLock(path: string, onWait: (holder: ProcessId) => void): Promise<Lock> {
  let attempt = tryLock(path);
  if (attempt.state === 'busy') onWait(attempt.holder);
  while (attempt.state === 'busy') {
    await delay(200);
    attempt = tryLock(path);
  }
  return attempt.lock;
}

function claim(path: string, number: number): Lock | null {
  const file = `${path}.${number}`;
  const aside = `${path}.new-${randomUUID()}`;
  writeFileSync(aside, JSON.stringify(ownProcess()));
  try {
    linkSync(aside, file);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return null;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
  // A taker that slept since it looked may have created a number that others already left behind.
  if (highest(path) !== number) {
    rmSync(file, { force: true });
    return null;
  }
  for (const name of siblings(path)) if (Number(suffix(path, name)) < number) rmSync(join(dirname(path), name), { force: true });
  return { release: () => markReleased(file) };
}

/** The file stays, emptied of its holder: removing it would let a sleeping taker start again at 1. */
function markReleased(file: string): void {
  const aside = `${file}-released-${randomUUID()}`;
  writeFileSync(aside, '{}');
  renameSync(aside, file);
}

function readHolder(file: string): ProcessId | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isProcessId(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError || errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

const suffix = (path: string, name: string): string => name.slice(basename(path).length + 1);

const siblings = (path: string): readonly string[] =>
  readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.`) && /^\d+$/.test(suffix(path, name)));

const highest = (path: string): number => siblings(path).reduce((most, name) => Math.max(most, Number(suffix(path, name))), 0);
