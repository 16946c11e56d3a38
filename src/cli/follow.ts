import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../stores/mongo.ts';
import { Runs } from '../stores/runs.ts';
import { ProgressView } from './progress-line.ts';

/** Short against the shortest phase that is worth a line; a look reads one small document. */
const LOOK_EVERY_MS = 200;

/** Draws a run's progress until `ended` settles, and gives back what it settled to. */
export async function followUntil<T>(database: Database, run: string, ended: Promise<T>, view = new ProgressView()): Promise<T> {
  const runs = new Runs(database);
  const stop = new AbortController();
  const drawing = (async () => {
    while (!stop.signal.aborted) {
      const now = await runs.get(run);
      if (now !== null && now.endedAt === null && !stop.signal.aborted) view.update(now, new Date());
      await delay(LOOK_EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  try {
    return await ended;
  } finally {
    stop.abort();
    // The picture is not worth an error of its own: what the run ended with is what counts.
    await drawing.catch(() => undefined);
    view.end(await runs.get(run).catch(() => null));
  }
}

/** Draws a run until its record says that it ended. */
export async function followRun(database: Database, run: string): Promise<void> {
  const runs = new Runs(database);
  const ended = (async () => {
    while ((await runs.get(run))?.endedAt === null) await delay(LOOK_EVERY_MS);
  })();
  await followUntil(database, run, ended);
}
