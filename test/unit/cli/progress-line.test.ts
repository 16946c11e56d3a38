import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { recommendAs } from '../../../src/cli/output.ts';
import { endedLine, ProgressView, progressLine } from '../../../src/cli/progress-line.ts';
import type { Progress, Run } from '../../../src/stores/runs.ts';

const since = new Date('2026-03-01T06:00:00Z');
const after = (seconds: number): Date => new Date(since.getTime() + seconds * 1000);

const run = (progress: Partial<Progress>, more: Partial<Run> = {}): Run => ({
  run: 'r1',
  flow: 'argo',
  kind: 'argo',
  job: 'mirror',
  workflowId: 'mirror/argo',
  startedAt: since,
  updatedAt: since,
  endedAt: null,
  health: 'ok',
  says: null,
  progress: { phase: 'load', done: 0, total: 0, failed: 0, bytes: 0, ...progress },
  phaseSince: since,
  record: null,
  ...more,
});

/** A stream that keeps what is written to it; `columns` make it a terminal. */
function output(columns?: number) {
  let text = '';
  const write = (part: string): void => {
    text += part;
  };
  return { write, ...(columns === undefined ? {} : { isTTY: true, columns }), text: () => text };
}

describe('the line of a phase under way', () => {
  it('shows bar, counts, bytes, rejections, rate and the time left', () => {
    const line = progressLine(run({ done: 250, total: 1000, failed: 3, bytes: 12_300_000 }), after(10));

    assert.equal(line, 'load       ██████░░░░░░░░░░░░░░░░░░  250/1,000  12.3 MB  3 rejected  25/s  30 s left');
  });

  it('shows what is done and for how long while the total is not known', () => {
    const line = progressLine(run({ phase: 'list', done: 1917 }), after(2));

    assert.equal(line, 'list       1,917 so far  2 s');
  });

  it('promises no time before anything is done, nor when the clocks disagree', () => {
    const early = progressLine(run({ total: 10 }), after(5));
    const backwards = progressLine(run({ done: 5, total: 10 }), after(-5));

    assert.equal(early, 'load       ░░░░░░░░░░░░░░░░░░░░░░░░  0/10');
    assert.equal(backwards, 'load       ████████████░░░░░░░░░░░░  5/10');
  });
});

describe('the last line of a phase', () => {
  it('is complete when the next phase has begun, whatever was seen last', () => {
    const line = endedLine(run({ done: 885, total: 1210, bytes: 5 }), after(4), true);

    assert.equal(line, 'load       ████████████████████████  1,210/1,210  done in 4 s  303/s');
  });

  it('stays where it was when the run ended badly', () => {
    const line = endedLine(run({ done: 500, total: 1000, bytes: 2_000_000, failed: 1 }), after(5), false);

    assert.equal(line, 'load       ████████████░░░░░░░░░░░░  500/1,000  2 MB  1 rejected  ended after 5 s  100/s');
  });
});

describe('a view of a run', () => {
  it('writes one line for each phase where there is no terminal, and none for book-keeping that took a moment', () => {
    const out = output();
    const view = new ProgressView(out);

    view.update(run({ phase: 'copy', done: 3, total: 7 }), after(0.2));
    view.update(run({ phase: 'plan' }, { phaseSince: after(1) }), after(1));
    view.update(run({ phase: 'load', done: 2, total: 4 }, { phaseSince: after(1.5) }), after(2));
    view.end(run({ phase: 'ended' }, { phaseSince: after(1.5), endedAt: after(3.5) }));

    assert.deepEqual(out.text().split('\n'), [
      '  copy       ████████████████████████  7/7  done in 1 s  7/s',
      '  load       ████████████████████████  4/4  done in 2 s  2/s',
      '',
    ]);
  });

  it('says now and then how far a long phase is where there is no terminal', () => {
    const out = output();
    const view = new ProgressView(out);

    for (const second of [0, 1, 2, 3, 4, 5, 6]) view.update(run({ done: second, total: 60 }), after(second));

    assert.deepEqual(out.text().split('\n'), ['  load       ██░░░░░░░░░░░░░░░░░░░░░░  5/60  1/s  55 s left', '']);
  });

  it('rewrites one line on a terminal, never longer than it is wide', () => {
    const out = output(40);
    const view = new ProgressView(out);

    view.update(run({ done: 1, total: 60 }), after(1));
    view.update(run({ done: 2, total: 60 }), after(2));

    const lines = out.text().split('\r').filter(Boolean).map(stripVTControlCharacters);
    assert.equal(out.text().includes('\n'), false);
    assert.deepEqual(
      lines.map((line) => line.length <= 39),
      [true, true],
    );
  });

  it('says once what a run waits for', () => {
    const out = output();
    const view = new ProgressView(out);

    view.update(run({}, { says: 'Too many would go.' }), after(0));
    view.update(run({}, { says: 'Too many would go.' }), after(1));

    assert.equal(out.text(), 'argo: Too many would go.\n');
  });

  it('says commands as they can be typed', (t) => {
    t.after(() => recommendAs({}, new Set()));
    recommendAs({ home: '/h' }, new Set(['resume']));
    const out = output();

    new ProgressView(out).update(run({}, { says: 'It is paused; it goes on with: landfall resume argo' }), after(0));

    assert.equal(out.text(), 'argo: It is paused; it goes on with: landfall --home /h resume argo\n');
  });

  it('leaves the bar of a failed run where it was', () => {
    const out = output();
    const view = new ProgressView(out);
    view.update(run({ done: 6, total: 12 }), after(1));

    view.end(run({ phase: 'ended' }, { endedAt: after(2), health: 'failed' }));

    assert.match(out.text(), /6\/12 {2}ended after 2 s/);
  });
});
