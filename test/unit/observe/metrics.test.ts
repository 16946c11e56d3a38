import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMetrics } from '../../../src/observe/metrics.ts';

describe('metrics', () => {
  it('count items, bytes, failures, runs, quarantine and seconds under the names that dashboards know', async () => {
    const metrics = createMetrics({ process: false });
    metrics.countItems({ flow: 'argo', kind: 'argo', outcome: 'loaded' }, 400);
    metrics.countItems({ flow: 'argo', kind: 'argo', outcome: 'loaded' });
    metrics.countBytes({ flow: 'argo', kind: 'argo' }, 1_000);
    metrics.countFailure({ kind: 'again', code: 'rsync_timeout' });
    metrics.countFindings({ flow: 'argo', code: 'data_mismatch' }, 12);
    metrics.noteRun({ flow: 'argo', job: 'mirror', health: 'ok' }, new Date('2026-03-01T06:00:00.500Z'));
    metrics.setQuarantine({ flow: 'argo' }, 7);
    metrics.observeActivity({ activity: 'loadBatch', queue: 'load', outcome: 'done' }, 0.25);

    const lines = (await metrics.text()).split('\n');

    const wanted = [
      'landfall_items_total{flow="argo",kind="argo",outcome="loaded"} 401',
      'landfall_bytes_total{flow="argo",kind="argo"} 1000',
      'landfall_failures_total{kind="again",code="rsync_timeout"} 1',
      'landfall_findings_total{flow="argo",code="data_mismatch"} 12',
      'landfall_last_run_timestamp_seconds{flow="argo",job="mirror",health="ok"} 1772344800.5',
      'landfall_quarantine{flow="argo"} 7',
      'landfall_activity_seconds_bucket{le="0.1",activity="loadBatch",queue="load",outcome="done"} 0',
      'landfall_activity_seconds_bucket{le="0.5",activity="loadBatch",queue="load",outcome="done"} 1',
      'landfall_activity_seconds_sum{activity="loadBatch",queue="load",outcome="done"} 0.25',
    ];
    assert.deepEqual(
      wanted.filter((line) => !lines.includes(line)),
      [],
    );
  });

  it('say in their help what they are measured in', async () => {
    const text = await createMetrics({ process: false }).text();

    const helps = text.split('\n').filter((line) => line.startsWith('# HELP'));
    assert.equal(helps.length, 9);
    assert.deepEqual(
      helps.filter((line) => !/in (items|documents|bytes|seconds|failures|findings)\.$/.test(line)),
      [],
    );
  });

  it('tell of the process itself unless that is not wanted', async () => {
    const text = await createMetrics().text();

    assert.match(text, /^process_resident_memory_bytes \d+/m);
    assert.match(text, /^nodejs_eventloop_lag_p99_seconds /m);
  });

  it('are apart for each maker, so that two workers in one process do not add up', async () => {
    const [one, other] = [createMetrics({ process: false }), createMetrics({ process: false })];

    one.setQuarantine({ flow: 'argo' }, 1);

    assert.doesNotMatch(await other.text(), /landfall_quarantine\{/);
  });
});
