import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkLines, checkText, type FlowStatus, statusTable } from '../../../src/cli/status.ts';
import { noProgress, type Run } from '../../../src/stores/runs.ts';

const at = (time: string): Date => new Date(`2026-03-01T${time}Z`);

const run: Run = {
  run: 'r1',
  flow: 'argo',
  kind: 'argo',
  job: 'mirror',
  workflowId: 'mirror/argo',
  startedAt: at('06:00:00'),
  updatedAt: at('06:00:30'),
  endedAt: null,
  health: 'ok',
  says: null,
  progress: { ...noProgress, phase: 'load', done: 120, total: 1606 },
  phaseSince: at('06:00:00'),
  record: null,
};
const status: FlowStatus = {
  flow: 'argo',
  kind: 'argo',
  home: 1600,
  unit: 'items',
  until: null,
  quarantine: { unreadable_file: 3, bad_data_mode: 1 },
  schedule: { state: 'scheduled', next: '2026-03-02T06:00:00.000Z' },
  last: run,
  checks: [],
};
const linesOf = (more: Partial<FlowStatus>, width = 100): readonly string[] =>
  statusTable([{ ...status, ...more }], at('07:00:00'), width)
    .split('\n')
    .slice(1);
const rowOf = (more: Partial<FlowStatus>): string | undefined => linesOf(more)[0];

describe('the status of a flow', () => {
  it('says what is home, what is in quarantine, when it starts next and how far it is', () => {
    const row = rowOf({});

    assert.equal(row, 'argo  argo  1,600 items           4  2026-03-02 06:00  mirror runs: load 120 of 1,606');
  });

  it('says the rows of a stream and until when there are data, and has no column for a quarantine that its kind lacks', () => {
    const row = rowOf({ flow: 'ctd', kind: 'ooi', home: 85_974, unit: 'rows', until: '2026-02-28T23:59:59.412Z' });
    const set = rowOf({ flow: 'all', kind: 'ooi', home: null, unit: 'rows' });

    assert.equal(row, 'ctd   ooi   85,974 rows  2026-02-28  2026-03-02 06:00  mirror runs: load 120 of 1,606');
    assert.equal(set, 'all   ooi         2026-03-02 06:00  mirror runs: load 120 of 1,606');
  });

  it('fits the terminal where flows of both kinds are together: how a run goes, whole, below its flow', () => {
    const stream: FlowStatus = { ...status, flow: 'ctd', kind: 'ooi', home: 85_974, unit: 'rows', until: '2026-02-28T23:59:59.412Z' };
    const asking: FlowStatus = { ...stream, last: { ...run, health: 'asks', says: 'Too many would go.' } };

    const lines = statusTable([status, asking], at('07:00:00'), 90).split('\n');

    assert.deepEqual(lines, [
      'flow  kind         home  until       quarantine  next (UTC)',
      'argo  argo  1,600 items                       4  2026-03-02 06:00',
      '    mirror runs: load 120 of 1,606',
      'ctd   ooi   85,974 rows  2026-02-28              2026-03-02 06:00',
      '    mirror runs: load 120 of 1,606, asks',
      '    Too many would go.',
    ]);
  });

  it('says what a run asks, below it', () => {
    const lines = linesOf({ last: { ...run, health: 'asks', says: 'Too many would go.' } });

    assert.match(lines[0] ?? '', /mirror runs: load 120 of 1,606, asks$/);
    assert.deepEqual(lines.slice(1), ['    Too many would go.']);
  });

  it('says how the last run ended and when', () => {
    const lines = linesOf({ last: { ...run, endedAt: at('06:30:00'), health: 'failed', says: 'The disk is full.' } });

    assert.match(lines[0] ?? '', /mirror failed, 30 min ago, took 30 min$/);
    assert.deepEqual(lines.slice(1), ['    The disk is full.']);
  });

  it('is no wider than the terminal, however much there is to say', () => {
    const says = 'Nothing was deleted, because the source holds far fewer profiles than it did. '.repeat(4).trim();

    const lines = linesOf({ flow: 'argo-of-the-north-atlantic', last: { ...run, health: 'asks', says } });

    assert.ok(lines.length > 3 && lines.slice(1).every((line) => line.length <= 100), lines.join('\n'));
    assert.equal(lines.slice(1).join(' ').replaceAll(/ +/g, ' ').trim(), `mirror runs: load 120 of 1,606, asks ${says}`);
  });

  it('tells a paused schedule from none', () => {
    const paused = rowOf({ schedule: { state: 'paused', next: null }, last: null });
    const none = rowOf({ schedule: { state: 'none', next: null }, last: null });

    assert.match(paused ?? '', /schedule paused +never$/);
    assert.match(none ?? '', /not scheduled +never$/);
  });

  it('has a line for each check, which does not hide how the night went', () => {
    const checked = { ...run, job: 'verify', endedAt: at('06:20:00'), says: '50 profiles checked: 50 clean.' };

    assert.equal(checkText(checked, at('07:00:00')), 'verify ok, 40 min ago, took 20 min: 50 profiles checked: 50 clean.');
    assert.equal(checkLines([{ ...status, checks: [checked] }], true, at('07:00:00')).length, 1);
    assert.deepEqual(checkLines([{ ...status, checks: [checked] }], false, at('07:00:00')), []);
  });

  it('tells in the overview too of a check that asks', () => {
    const asking: Run = { ...run, job: 'audit', health: 'asks', says: '40 documents would be removed.' };

    const lines = checkLines([{ ...status, checks: [asking] }], false, at('07:00:00'));

    assert.equal(lines.length, 1);
    assert.match(lines.join(), /^argo: audit .*asks.*: 40 documents would be removed\.$/);
  });
});
