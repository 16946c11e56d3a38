import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareSchedules, type FoundSchedule, wantedSchedules } from '../../../src/cli/schedules.ts';
import type { Flow } from '../../../src/config/flow.ts';

const flow = (name: string, schedules: Flow['schedules']): Flow => ({ name, kind: 'argo', queueSuffix: null, schedules });
const [argo] = wantedSchedules([flow('argo', { mirror: '0 6 * * *' })]);
assert.ok(argo !== undefined);

const found = (more: Partial<FoundSchedule> = {}): FoundSchedule => ({
  id: 'mirror/argo',
  deployment: 'landfall',
  cron: '0 6 * * *',
  ...more,
});

describe('the schedules that flow files want', () => {
  it('are one for each job with a time, called after job and flow', () => {
    const wanted = wantedSchedules([flow('argo', { mirror: '0 6 * * *', audit: null }), flow('deep', { mirror: '30 4 * * 1' })]);

    assert.deepEqual(wanted, [
      { id: 'mirror/argo', job: 'mirror', flow: 'argo', cron: '0 6 * * *' },
      { id: 'mirror/deep', job: 'mirror', flow: 'deep', cron: '30 4 * * 1' },
    ]);
  });
});

describe('comparing schedules', () => {
  it('creates what is not there', () => {
    const { changes } = compareSchedules('landfall', [argo], []);

    assert.deepEqual(changes, [{ kind: 'create', schedule: argo }]);
  });

  it('changes nothing where Temporal has what is wanted', () => {
    const diff = compareSchedules('landfall', [argo], [found()]);

    assert.deepEqual(diff, { changes: [], taken: [] });
  });

  it('updates one whose time is another, also where nobody knows any more what it was', () => {
    const other = compareSchedules('landfall', [argo], [found({ cron: '0 7 * * *' })]);
    const unknown = compareSchedules('landfall', [argo], [found({ cron: null })]);

    assert.deepEqual(other.changes, [{ kind: 'update', schedule: argo, before: '0 7 * * *' }]);
    assert.deepEqual(unknown.changes, [{ kind: 'update', schedule: argo, before: null }]);
  });

  it('deletes its own that no flow file wants', () => {
    const { changes } = compareSchedules('landfall', [], [found()]);

    assert.deepEqual(changes, [{ kind: 'delete', id: 'mirror/argo' }]);
  });

  it('leaves schedules of others alone, and says which of them are in the way', () => {
    const theirs = [found({ deployment: 'elsewhere', cron: '0 1 * * *' }), found({ id: 'mirror/deep', deployment: null })];

    const diff = compareSchedules('landfall', [argo], theirs);

    assert.deepEqual(diff, { changes: [], taken: ['mirror/argo'] });
  });
});
