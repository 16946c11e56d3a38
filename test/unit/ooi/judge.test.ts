import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Poll } from '../../../src/ooi/m2m/poll.ts';
import { readStatusText, readSubJobs, type SubJobs } from '../../../src/ooi/m2m/status.ts';
import { type Judged, judge, nextLookMs, type RequestOutcome } from '../../../src/ooi/requests/judge.ts';

const HOUR = 3_600_000;
const range = { begin: '2024-01-01T00:00:00.000000Z', end: '2024-01-03T00:00:00.000000Z' };
const folder = (dataFiles: number): Poll['folder'] => ({ state: 'there', dataFiles, roughBytes: dataFiles * 1000 });
const FIRST = '20240101T000000-20240102T000000';
const SECOND = '20240102T000000-20240103T000000.5';
const jobs = (first: unknown, second: unknown): SubJobs => readSubJobs(JSON.stringify({ [FIRST]: first, [SECOND]: second }));
const none = { code: 404, message: 'Query returned no results' };
const broken = { code: 500, message: 'Calculation failed' };

const complete = (subJobs: SubJobs, dataFiles: number): Poll => ({ status: { state: 'complete' }, subJobs, folder: folder(dataFiles) });
const absent = (there: Poll['folder']): Poll => ({ status: { state: 'absent' }, subJobs: { state: 'absent' }, folder: there });

const judged = (poll: Poll, more: Partial<Judged> = {}): RequestOutcome =>
  judge({
    poll,
    kind: 'append',
    ageMs: HOUR,
    estimatedSeconds: 60,
    range,
    looks: 3,
    folderSeen: true,
    folderMissed: 1,
    attempt: 1,
    ...more,
  });

describe('a finished request', () => {
  it('is complete with its files, and with sub-jobs that had no data', () => {
    assert.deepEqual(judged(complete(jobs('complete', none), 2)), { state: 'complete', dataFiles: 2 });
    assert.deepEqual(judged(complete({ state: 'absent' }, 1)), { state: 'complete', dataFiles: 1 });
  });

  it('is degraded by a sub-job that failed, and its range is owed', () => {
    assert.deepEqual(judged(complete(jobs('complete', broken), 2)), {
      state: 'degraded',
      dataFiles: 2,
      owed: [{ begin: '2024-01-02T00:00:00.000000Z', end: '2024-01-03T00:00:00.500000Z', why: 'Calculation failed' }],
      says: '1 of 2 sub-jobs failed: Calculation failed',
    });
  });

  it('owes the whole range when a failed sub-job does not say which, or none reported', () => {
    const odd = judged(complete(readSubJobs(JSON.stringify({ all: broken })), 1));
    const silent = judged(complete(readSubJobs(JSON.stringify(broken)), 1));

    assert.deepEqual(
      [odd, silent].map((one) => (one.state === 'degraded' ? one.owed : null)),
      [[{ ...range, why: 'Calculation failed' }], [{ ...range, why: 'Calculation failed' }]],
    );
  });

  it('keeps of what the facility says only as much as a record and a sentence hold', () => {
    const long = { code: 500, message: 'm'.repeat(50_000) };
    const listed = readSubJobs(JSON.stringify({ all: long }));

    for (const end of [
      readStatusText(JSON.stringify(long)),
      readSubJobs(JSON.stringify(long)),
      listed.state === 'listed' ? listed.jobs[0]?.end : null,
    ])
      assert.equal(end && 'message' in end ? end.message.length : 0, 1_000);
  });

  it('has nothing new when every sub-job says that there are no data', () => {
    assert.equal(judged(complete(jobs(none, none), 0)).state, 'nothing_new');
  });

  for (const [what, poll] of [
    [
      'an error is in its status.txt',
      { ...complete(jobs('complete', 'complete'), 2), status: readStatusText('{"code":500,"message":"Aggregation failed"}') },
    ],
    ['its status.txt says something else', { ...complete(jobs('complete', 'complete'), 2), status: readStatusText('almost complete') }],
    ['its folder has no file, though its sub-jobs are complete', complete(jobs('complete', 'complete'), 0)],
    ['its folder has no file and only some sub-jobs had no data', complete(jobs('complete', none), 0)],
    ['its folder has no file and no sub-job is named', complete(readSubJobs('{}'), 0)],
    ['its folder has no file and a sub-job failed', complete(jobs(none, broken), 0)],
    ['its folder is not there', { ...complete(jobs('complete', 'complete'), 0), folder: { state: 'absent' } }],
  ] as const satisfies readonly (readonly [string, Poll])[]) {
    it(`has failed when ${what}`, () => {
      const outcome = judged(poll);

      assert.ok(outcome.state === 'failed');
      assert.equal(outcome.askAgainMs, HOUR);
    });
  }

  it('that failed is asked again after 1, 4 and 16 h, and is a finding then', () => {
    const again = [1, 2, 3, 4, 5].map((attempt) => judged(complete(readSubJobs('{}'), 0), { attempt }));

    assert.deepEqual(
      again.map((one) => ('askAgainMs' in one ? one.askAgainMs : undefined)),
      [HOUR, 4 * HOUR, 16 * HOUR, null, null],
    );
  });
});

describe('a request that is not finished', () => {
  it('is looked at more and more rarely, from a minute to half an hour', () => {
    const minutes = Array.from({ length: 7 }, (_, looks) => nextLookMs(looks) / 60_000);

    assert.deepEqual(minutes, [1, 2, 4, 8, 16, 30, 30]);
  });

  for (const [kind, estimatedSeconds, hours] of [
    ['append', 60, 48],
    ['append', 1_000_000, 48],
    ['refresh', 60, 168],
    ['refresh', 360_000, 400],
    ['refresh', null, 168],
  ] as const) {
    it(`of kind ${kind}, estimated to take ${estimatedSeconds} s, waits until it is ${hours} h old, and has expired then`, () => {
      const before = judged(absent(folder(3)), { kind, estimatedSeconds, ageMs: hours * HOUR - 1 });
      const then = judged(absent(folder(3)), { kind, estimatedSeconds, ageMs: hours * HOUR });

      assert.deepEqual([before.state, then.state], ['waiting', 'expired']);
    });
  }

  it('is looked at once more when it expires, no later', () => {
    const outcome = judged(absent(folder(0)), { ageMs: 48 * HOUR - 5 * 60_000, looks: 9 });

    assert.deepEqual(outcome, { state: 'waiting', nextLookMs: 5 * 60_000, expiresInMs: 5 * 60_000 });
  });

  it('that is found finished at that look is used, however old it is', () => {
    assert.equal(judged(complete(jobs('complete', 'complete'), 1), { ageMs: 500 * HOUR }).state, 'complete');
  });

  it('waits when its folder is not there yet, or once not found, and is gone when it was there and is not found again', () => {
    const yet = judged(absent({ state: 'absent' }), { folderSeen: false });
    const once = judged(absent({ state: 'absent' }), { folderMissed: 0 });
    const gone = judged(absent({ state: 'absent' }));
    const again = judged(absent({ state: 'absent' }), { attempt: 2 });

    assert.deepEqual([yet.state, once.state], ['waiting', 'waiting']);
    assert.deepEqual([gone.state === 'gone' && gone.askAgainMs, again.state === 'gone' && again.askAgainMs], [0, null]);
  });
});
