import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Attempt, troubleReporter } from '../../../activities/common/trouble.ts';
import { Failure, type FailureKind } from '../../../src/errors.ts';

const failing = (code: string, attempt: number, retryAfterMs?: number, kind: FailureKind = 'again'): Attempt => ({
  run: 'run-1',
  workflowId: 'mirror/argo',
  attempt,
  failure: new Failure({ kind, code, happened: `It is ${code}`, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }),
});
const succeeded: Attempt = { run: 'run-1', workflowId: 'mirror/argo', attempt: 1, failure: null };

/** What the book and the workflow were told of attempts, each made `apartMs` after the one before. */
function told(attempts: readonly Attempt[], apartMs = 1000): { readonly book: readonly string[]; readonly workflow: readonly string[] } {
  const [book, workflow]: [string[], string[]] = [[], []];
  let time = 0;
  const report = troubleReporter({
    runs: { trouble: async (_run, sentence) => void book.push(sentence) },
    signal: async (_workflowId, sentence) => void workflow.push(sentence),
    onError: (error) => assert.fail(String(error)),
    now: () => new Date(time),
  });
  for (const attempt of attempts) {
    report(attempt);
    time += apartMs;
  }
  return { book, workflow };
}

describe('an attempt that fails and is made again', () => {
  it('is told to the workflow when it is not a hiccup: the third of a row, or one that pauses for long', () => {
    assert.deepEqual(told([failing('away', 1), failing('away', 2)]).workflow, []);
    assert.deepEqual(told([failing('away', 3)]).workflow, ['It is away.']);
    assert.deepEqual(told([failing('full', 1, 30_000)]).workflow, ['It is full.']);
  });

  it('is told once however long it lasts, and again when it comes back', () => {
    const week = Array.from({ length: 500 }, (_, at) => failing('away', at + 1));

    assert.deepEqual(told(week, 60_000).workflow, ['It is away.']);
    assert.deepEqual(told([...week, succeeded, ...week], 60_000).workflow, ['It is away.', 'It is away.']);
  });

  it('is told at most once a minute when it fails for ever other reasons', () => {
    const others = Array.from({ length: 120 }, (_, at) => failing(at % 2 === 0 ? 'away' : 'broken', 5));

    assert.equal(told(others).workflow.length, 2);
  });

  it('is in the book each time; what ends a run is not', () => {
    assert.equal(told([failing('away', 1), failing('away', 2), failing('wrong', 3, undefined, 'stop')]).book.length, 2);
  });

  it('is told without the credentials that an address in it may carry', () => {
    const { book, workflow } = told([failing('away behind mongodb://landfall:pw@host:27017/', 3)]);

    assert.deepEqual([...book, ...workflow], Array(2).fill('It is away behind mongodb://***@host:27017/.'));
  });
});
