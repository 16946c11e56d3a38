// A lock whose holder may die in any way. The same files and rules as src/embedded/lock.ts, where they are explained.
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, ownProcess } from './liveness.js';

/** Waits for the lock; `onWait` is told once who has it. Returns the function that gives it back. */
export async function takeLock(path, onWait) {
  mkdirSync(dirname(path), { recursive: true });
  for (let told = false; ; ) {
    const last = highest(path);
    const holder = last === 0 ? null : readHolder(`${path}.${last}`);
    if (holder === null || !isAlive(holder)) {
      const release = claim(path, last + 1);
      if (release !== null) return release;
      continue;
    }
    if (!told) onWait(holder);
    told = true;
    await delay(200);
  }
}

function claim(path, number) {
  const file = `${path}.${number}`;
  const aside = `${path}.new-${randomUUID()}`;
  writeFileSync(aside, JSON.stringify(ownProcess()));
  try {
    linkSync(aside, file);
  } catch (error) {
    if (error.code === 'EEXIST') return null;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
  if (highest(path) !== number) {
    rmSync(file, { force: true });
    return null;
  }
  for (const older of numbers(path)) if (older < number) rmSync(`${path}.${older}`, { force: true });
  return () => {
    const released = `${path}.new-${randomUUID()}`;
    writeFileSync(released, '{}');
    renameSync(released, file);
  };
}

function readHolder(file) {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value.pid === 'number' ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError || error.code === 'ENOENT') return null;
    throw error;
  }
}

const numbers = (path) =>
  readdirSync(dirname(path))
    .filter((name) => name.startsWith(`${basename(path)}.`))
    .map((name) => name.slice(basename(path).length + 1))
    .filter((suffix) => /^\d+$/.test(suffix))
    .map(Number);

const highest = (path) => Math.max(0, ...numbers(path));
