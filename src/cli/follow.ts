import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Database } from '../stores/mongo.ts';
import { Runs } from '../stores/runs.ts';
import { ProgressView } from './progress-line.ts';
import { askWhatItSays } from './says.ts';

/** Short against the shortest phase that is worth a line; a look reads one small document. */
const LOOK_EVERY_MS = 200;

/** Asking the workflow itself costs it a task: now and then is enough to learn that an operator paused it. */
const ASK_EVERY_MS = 2_000;

/** A run whose progress is drawn. */
export interface Followed {
  readonly client: Client;
  readonly database: Database;
  readonly run: string;
  readonly workflowId: string;
}

/** Draws a run's progress until `ended` settles, and gives back what it settled to. */
export async function followUntil<T>({ client, database, run, workflowId }: Followed, ended: Promise<T>): Promise<T> {
  const view = new ProgressView();
  const runs = new Runs(database);
  const stop = new AbortController();
  // The picture is not worth an error of its own: a look that fails is followed by the next, and what the run ends with is what counts.
  const look = () => runs.get(run).catch(() => null);
  let said: string | null | undefined;
  const again = (ms: number) => delay(ms, undefined, { signal: stop.signal }).catch(() => undefined);
  const asking = (async () => {
    for (await again(ASK_EVERY_MS); !stop.signal.aborted; await again(ASK_EVERY_MS)) said = await askWhatItSays(client, workflowId);
  })();
  const drawing = (async () => {
    for (; !stop.signal.aborted; await again(LOOK_EVERY_MS)) {
      const now = await look();
      if (now === null || now.endedAt !== null || stop.signal.aborted) continue;
      view.update({ ...now, says: now.says ?? said ?? null }, new Date());
    }
  })();
  try {
    return await ended;
  } finally {
    stop.abort();
    await Promise.allSettled([drawing, asking]);
    view.end(await look());
  }
}
