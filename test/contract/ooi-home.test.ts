import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type OoiFlow, ooiFlowSchema } from '../../src/ooi/flow.ts';
import { flowTable, isSetFlow } from '../../src/ooi/form.ts';
import { homeOf } from '../../src/ooi/home.ts';
import { Statuses } from '../../src/ooi/requests/status.ts';
import type { Database } from '../../src/stores/mongo.ts';
import { type Run, Runs } from '../../src/stores/runs.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';

const place = { place: '/srv/stores' };
const flowOf = (written: object): OoiFlow => ooiFlowSchema.parse({ kind: 'ooi', store: place, ...written });
const ctd = flowOf({ name: 'ctd', instrument: 'CE02SHBP-LJ01D-06-CTDBPN106', stream: { method: 'streamed', name: 'ctdbp_no_sample' } });
const hour = (at: number): Date => new Date(Date.UTC(2026, 2, 1, at));

describe('what is home of a stream', () => {
  let server: TestDatabase;
  let database: Database;
  let runs: Runs;
  before(async () => {
    server = await startDatabase();
    database = await server.open('home');
    runs = new Runs(database);
  });
  after(() => server.stop());

  const ran = async (job: string, from: number, to: number, record: Run['record'], isDryRun = false): Promise<void> => {
    const run = `${job}-${from}`;
    await runs.begin({ run, flow: 'ctd', kind: 'ooi', job, workflowId: `${job}/ctd`, ...(isDryRun ? { isDryRun } : {}) }, hour(from));
    await runs.end(run, 'ok', null, record ?? {}, hour(to));
  };
  const rows = async (): Promise<number | null | undefined> => (await homeOf(ctd, database))?.count;

  it('is nothing before anything came home, and nothing of a set', async () => {
    assert.equal(await homeOf(ctd, database), null);
    assert.equal(await homeOf(flowOf({ name: 'all', streams: 'all' }), database), null);
  });

  it('is what the run that ended last noted, not one that only looked, found nothing new or checked', async () => {
    await ran('refresh', 1, 2, { generation: 'g1', rows: 100 });
    await ran('harvest', 4, 5, { generation: 'g1', rows: 120 });
    const appended = await rows();
    await ran('harvest', 6, 7, { request: null });
    await ran('verify', 6, 7, { generation: 'g1', rows: 1 });
    await ran('rollback', 6, 7, { generation: 'g0', rows: 1 }, true);

    assert.deepEqual([appended, await rows()], [120, 120]);
  });

  it('is that of the refresh that began before the last append and ended after it, and after a rollback that of the generation before', async () => {
    await ran('refresh', 3, 8, { generation: 'g2', rows: 90 });
    const refreshed = await rows();
    await ran('rollback', 9, 10, { generation: 'g1', replaced: 'g2' });

    assert.deepEqual([refreshed, await rows()], [90, 120]);
  });

  it('has data until when the status says', async () => {
    const store = { location: '/srv/stores', first: null, last: '2026-02-28T23:59:59Z' };
    await new Statuses(database).change(isSetFlow(ctd) ? '' : flowTable(ctd), { store }, hour(11));

    assert.deepEqual(await homeOf(ctd, database), { unit: 'rows', count: 120, until: '2026-02-28T23:59:59Z' });
  });
});
