import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { type ActivityObservation, activityInterceptor, silentIn } from '../../../activities/common/interceptor.ts';
import { Failure, type FailureKind } from '../../../src/errors.ts';
import { createLog } from '../../../src/observe/log.ts';

const quiet = new DefaultLogger('ERROR', () => undefined);
const none = new Set<string>();

interface Ran {
  readonly thrown: unknown;
  readonly seen: readonly ActivityObservation[];
  readonly lines: string;
}

/** Runs an activity that throws behind the interceptor, as a worker would. */
async function run(activity: () => Promise<unknown>, attempt = 1): Promise<Ran> {
  const seen: ActivityObservation[] = [];
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const log = createLog({ level: 'debug', format: 'json', stream });
  const environment = new MockActivityEnvironment({ attempt }, { logger: quiet });
  const { execute } = activityInterceptor(environment.context, none, log, (observation) => void seen.push(observation));
  const thrown = await environment
    .run(async (input: { readonly run: string }) => execute?.({ args: [input], headers: {} }, activity), { run: 'run-1' })
    .then(
      () => null,
      (error: unknown) => error,
    );
  return { thrown, seen, lines: lines.join('') };
}

const errno = (code: string): Error => Object.assign(new Error(`${code}: something on the disk`), { code });
const ofKind = (kind: FailureKind, retryAfterMs?: number): Failure =>
  new Failure({ kind, code: 'made_up', happened: 'Something happened', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });

function applicationFailure(thrown: unknown): ApplicationFailure {
  return thrown instanceof ApplicationFailure ? thrown : assert.fail(`an ApplicationFailure was expected: ${thrown}`);
}

describe('what an activity throws', () => {
  const cases: readonly (readonly [
    what: string,
    error: Error,
    attempt: number,
    isFinal: boolean,
    code: string,
    delayMs: number | undefined,
  ])[] = [
    ['a failure to try again', ofKind('again'), 1, false, 'made_up', undefined],
    ['a failure that names a pause', ofKind('again', 5000), 1, false, 'made_up', 5000],
    ['a source that moved', ofKind('replan'), 1, true, 'made_up', undefined],
    ['a failure for a person', ofKind('stop'), 1, true, 'made_up', undefined],
    ['a full disk, however often', errno('ENOSPC'), 50, false, 'disk_full', 60_000],
    ['a used-up quota', errno('EDQUOT'), 50, false, 'disk_full', 60_000],
    ['a refused access', errno('EACCES'), 1, true, 'not_permitted', undefined],
    ['a read-only disk', errno('EROFS'), 1, true, 'not_permitted', undefined],
    ['an error no rule foresees', new TypeError('x is not a function'), 1, false, 'unforeseen', undefined],
    ['the fifth error in a row that no rule foresees', new TypeError('x is not a function'), 5, true, 'unforeseen', undefined],
  ];
  for (const [what, error, attempt, isFinal, code, delayMs] of cases) {
    it(`is sorted: ${what} is ${isFinal ? 'final' : 'tried again'}${delayMs === undefined ? '' : ` after ${delayMs / 1000} s`}`, async () => {
      const { thrown, seen } = await run(() => Promise.reject(error), attempt);

      const failure = applicationFailure(thrown);
      assert.deepEqual([failure.nonRetryable, failure.type, failure.nextRetryDelay], [isFinal, code, delayMs]);
      assert.deepEqual(failure.details, [{ kind: seen[0]?.failure?.kind, code }]);
      assert.deepEqual([seen[0]?.outcome, seen[0]?.run], ['failed', 'run-1']);
    });
  }

  it('is a cancellation when the activity was cancelled, whatever it threw on its way out', async () => {
    const seen: ActivityObservation[] = [];
    const environment = new MockActivityEnvironment({}, { logger: quiet });
    const { execute } = activityInterceptor(
      environment.context,
      none,
      createLog({ level: 'error', format: 'json' }),
      (one) => void seen.push(one),
    );
    environment.cancel('CANCELLED');

    await assert.rejects(
      environment.run(async () => execute?.({ args: [], headers: {} }, () => Promise.reject(new Error('rsync was killed')))),
      CancelledFailure,
    );

    assert.equal(seen[0]?.outcome, 'cancelled');
  });

  it('says what to do, and not where in the code it was thrown, when a rule foresees it', async () => {
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' });

    const { thrown } = await run(() => Promise.reject(full));

    assert.match(applicationFailure(thrown).message, /There is no room left.*Make room/);
    assert.equal(applicationFailure(thrown).stack, '');
  });

  it('carries no credential into the history or the log', async () => {
    const secret = 'mongodb://reader:hunter2@db.example.org:27017';

    const { thrown, lines } = await run(() => Promise.reject(new Error(`cannot connect to ${secret}`)));

    assert.ok(!applicationFailure(thrown).message.includes('hunter2'));
    assert.match(applicationFailure(thrown).stack ?? '', /^Error: cannot connect to/);
    assert.ok(!applicationFailure(thrown).stack?.includes('hunter2'));
    assert.ok(!lines.includes('hunter2'));
  });
});

const served = { control: { book: null, noteEnding: null }, transfer: { fetch: null, noteEnding: null } };

/** The signs of life that an activity gives which says nothing itself and takes five seconds. */
async function signsOfLife(activityType: string, t: TestContext): Promise<number> {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const environment = new MockActivityEnvironment({ activityType }, { logger: quiet });
  let signs = 0;
  environment.on('heartbeat', () => {
    signs += 1;
  });
  const { execute } = activityInterceptor(
    environment.context,
    silentIn(served),
    createLog({ level: 'error', format: 'json' }),
    () => undefined,
  );
  const { promise, resolve } = Promise.withResolvers<string>();
  const running = environment.run(async () => execute?.({ args: [], headers: {} }, () => promise));
  t.mock.timers.tick(5000);
  resolve('done');
  assert.equal(await running, 'done');
  t.mock.timers.tick(5000);
  return signs;
}

describe('an activity that takes five seconds and says nothing', () => {
  it('gives a sign of life each second while it works, and none afterwards, when it does book-keeping', async (t) => {
    assert.equal(await signsOfLife('book', t), 5);
  });

  it('gives them on the queue of a host too, where book-keeping is done beside the store', async (t) => {
    assert.equal(await signsOfLife('noteEnding', t), 5);
  });

  it('gives none where activities tell their own progress, which an empty sign would wipe out', async (t) => {
    assert.equal(await signsOfLife('fetch', t), 0);
  });
});
