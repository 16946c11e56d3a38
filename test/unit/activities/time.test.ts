import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { activityInterceptor } from '../../../activities/common/interceptor.ts';
import { attemptTime } from '../../../activities/common/time.ts';
import { createLog } from '../../../src/observe/log.ts';

const quiet = new DefaultLogger('ERROR', () => undefined);
const SCHEDULED_MS = Date.UTC(2026, 0, 1);
const TASK_MS = Date.UTC(2026, 0, 2);

/** What an activity takes for the time, behind the interceptor. */
async function timeIn(isLocal: boolean, input: object): Promise<number | undefined> {
  const log = createLog({ level: 'error', format: 'json', stream: { write: () => undefined } });
  const environment = new MockActivityEnvironment({ isLocal, currentAttemptScheduledTimestampMs: SCHEDULED_MS }, { logger: quiet });
  const { execute } = activityInterceptor(environment.context, new Set(), log, () => undefined);
  const told = await environment.run(
    () => execute?.({ args: [input], headers: {} }, async () => attemptTime().getTime()) ?? Promise.resolve(),
  );
  return typeof told === 'number' ? told : undefined;
}

describe('the time of an attempt', () => {
  it('is when the server scheduled it', async () => {
    assert.equal(await timeIn(false, { taskMs: TASK_MS }), SCHEDULED_MS);
  });

  it('is that of the workflow task it is done in, which the server told, and not of the clock of the worker', async () => {
    assert.equal(await timeIn(true, { taskMs: TASK_MS }), TASK_MS);
  });
});
