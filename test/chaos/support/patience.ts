import { setTimeout as delay } from 'node:timers/promises';
import { ServiceError, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { MongoServerError } from 'mongodb';
import { isFailure, messageOf } from '../../../src/errors.ts';

const PAUSE_MS = 200;

/** Asks again while servers are being killed and come back; anything else is thrown. */
export async function patiently<T>(ask: () => Promise<T>, until: AbortSignal): Promise<T> {
  for (;;) {
    until.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      if (!isOutage(error)) throw error;
      await delay(PAUSE_MS);
    }
  }
}

const isOutage = (error: unknown): boolean =>
  error instanceof ServiceError ||
  isFailure(error, 'database_unreachable', 'database_error', 'store_unreachable') ||
  (error instanceof Error && error.name.startsWith('Mongo') && !(error instanceof MongoServerError && error.code === 11000));

export type RunEnd = { readonly state: 'completed'; readonly result: unknown } | { readonly state: 'failed'; readonly why: string };

/** Waits for a run through any number of outages. */
export async function endOf(run: WorkflowHandle, until: AbortSignal): Promise<RunEnd> {
  const late = new Promise<never>((_, reject) => until.addEventListener('abort', () => reject(until.reason), { once: true }));
  late.catch(() => undefined);
  try {
    return { state: 'completed', result: await Promise.race([patiently(() => run.result(), until), late]) };
  } catch (error) {
    if (error instanceof WorkflowFailedError) return { state: 'failed', why: messageOf(error.cause) };
    throw error;
  }
}
