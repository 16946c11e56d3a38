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
  // The picture is not worth an error of its own: a look that fails is followed by the next, and what the run ends with is what counts.
  const look = () => runs.get(run).catch(() => null);
  const drawing = (async () => {
    while (!stop.signal.aborted) {
      const now = await look();
      if (now !== null && now.endedAt === null && !stop.signal.aborted) view.update(now, new Date());
      await delay(LOOK_EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  try {
    return await ended;
  } finally {
    stop.abort();
    await drawing;
    view.end(await look());
  }
}
