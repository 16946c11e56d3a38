import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { dropSpools } from '../../activities/ooi/spools.ts';
import { ooiFlowSchema } from '../../src/ooi/flow.ts';
import { flowTable, isSetFlow } from '../../src/ooi/form.ts';
import { History } from '../../src/ooi/requests/history.ts';
import type { RequestKind } from '../../src/ooi/requests/record.ts';
import { Requests } from '../../src/ooi/requests/requests.ts';
import { requestStatus, Statuses } from '../../src/ooi/requests/status.ts';
import { type Run, Runs } from '../../src/stores/runs.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';

const DAY = 86_400_000;
const BEGUN = Date.UTC(2026, 0, 1);
const day = (count: number): Date => new Date(BEGUN + count * DAY);
const range = { begin: '2024-09-10T00:00:00.000000Z', end: '2024-09-13T00:04:00.000000Z' };

let database: TestDatabase;
before(async () => {
  database = await startDatabase();
});
after(() => database.stop());

/** A refresh whose request is ready since day 0 and has ended then, and an append that was consumed on day 1; both have files. */
async function stage(book: string) {
  const opened = await database.open(book);
  const history = new History(opened);
  const [requests, statuses, runs] = [new Requests(opened, history), new Statuses(opened), new Runs(opened)];
  const flow = ooiFlowSchema.parse({
    name: 'ctd',
    kind: 'ooi',
    instrument: 'CE02SHBP-LJ01D-06-CTDBPN106',
    stream: { method: 'streamed', name: 'ctdbp_no_sample' },
    store: { place: join(database.folder, book), keep: '14d' },
  });
  if (isSetFlow(flow)) assert.fail('it is a stream');
  const table = flowTable(flow);
  const spools = join(database.folder, book, 'spool');
  const request = async (kind: RequestKind, at: Date): Promise<string> => {
    const { record } = await requests.claim({ table, kind, flow: 'ctd', run: `run-${kind}`, range, attempt: 1 }, at);
    const url = 'http://127.0.0.1/';
    const urls = { catalogUrl: url, downloadUrl: url, statusUrl: url, sizeBytes: null, estimatedSeconds: null, subJobs: null };
    await requests.move(record.id, 'waiting', null, at, { accepted: { id: kind, requestedAt: at.toISOString(), ...urls } });
    await requests.move(record.id, 'ready', null, at);
    mkdirSync(join(spools, kind), { recursive: true });
    return record.id;
  };
  const run: Pick<Run, 'run' | 'flow' | 'kind' | 'job' | 'workflowId'> = {
    run: 'run-refresh',
    flow: 'ctd',
    kind: 'ooi',
    job: 'refresh',
    workflowId: 'refresh/ctd',
  };
  await runs.begin(run, day(0));
  const refresh = await request('refresh', day(0));
  await requests.move(await request('append', day(1)), 'consumed', null, day(1));
  const use = { environment: { spool: (_: unknown, id: string) => join(spools, id) }, requests, statuses, runs };
  return {
    statuses,
    table,
    requests,
    runs,
    refresh,
    history: () => history.latest(table, 1),
    async dropped(at: Date): Promise<readonly string[]> {
      await dropSpools(use, flow, at);
      return readdirSync(spools).toSorted();
    },
  };
}

describe('the files of requests that are over', () => {
  it('are kept for a refresh that was stopped, and go when nobody took it up for as long as generations are kept', async () => {
    const { requests, runs, refresh, history, dropped } = await stage('stopped');
    await runs.end('run-refresh', 'stopped', null, {}, day(0));

    const early = await dropped(day(13));
    const late = await dropped(day(15));

    assert.deepEqual([early, late], [['append', 'refresh'], []]);
    const given = await requests.get(refresh);
    assert.equal(given?.state, 'expired');
    assert.match(given?.why ?? '', /Given up: it was ready since 2026-01-01 00:00:00 UTC,/);
    assert.deepEqual(
      (await history()).map(({ state, subject }) => [state, subject]),
      [['expired', refresh]],
    );
  });

  it('go with a refresh that is given up, which the status says where it speaks of that one', async () => {
    const { requests, statuses, table, runs, refresh, dropped } = await stage('given_up');
    await runs.end('run-refresh', 'stopped', null, {}, day(0));
    const ready = await requests.get(refresh);
    assert.ok(ready);
    await statuses.change(table, { request: requestStatus(ready) }, day(0));

    await dropped(day(15));

    const { state, record, isReady, isOutstanding } = (await statuses.get(table))?.request ?? {};
    assert.deepEqual([state, record, isReady, isOutstanding], ['failed', refresh, false, false]);
    assert.equal((await statuses.get(table))?.updatedAt, day(15).toISOString());
  });

  it('are kept for a refresh that is at work, however long its request has been ready', async () => {
    const { requests, runs, refresh, dropped } = await stage('at_work');
    await runs.progress('run-refresh', { done: 1 }, day(14));

    assert.deepEqual(await dropped(day(20)), ['append', 'refresh']);
    assert.equal((await requests.get(refresh))?.state, 'ready');
    assert.deepEqual(await dropped(day(29)), [], 'one that was ended by force is not waited for without end');
  });
});
