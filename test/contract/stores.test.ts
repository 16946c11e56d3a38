import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type PlanPage, Plans } from '../../src/stores/plans.ts';
import { Quarantine, type Rejected } from '../../src/stores/quarantine.ts';
import { type Receipt, Receipts } from '../../src/stores/receipts.ts';
import { noProgress, Runs } from '../../src/stores/runs.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';

const morning = new Date('2026-03-01T06:00:00Z');
const noon = new Date('2026-03-01T12:00:00Z');

let server: TestDatabase;
before(async () => {
  server = await startDatabase();
});
after(() => server.stop());

describe('a plan', () => {
  let plans: Plans;
  before(async () => {
    plans = new Plans(await server.open('plans'));
  });

  async function* pages(...counts: readonly number[]): AsyncGenerator<PlanPage> {
    for (const count of counts) yield { items: Array.from({ length: count }, (_, n) => `aoml/1900000_00${n}`), count };
  }
  const outcome = { loaded: 1, unchanged: 0, rejected: 1, removed: 0, bytes: 10 };

  it('is there only when all its pages are: the header comes last', async () => {
    async function* broken(): AsyncGenerator<PlanPage> {
      yield* pages(2);
      throw new Error('the list cannot be read');
    }

    await assert.rejects(plans.store('broken', 'argo', broken(), morning), /cannot be read/);

    assert.equal(await plans.header('broken'), null);
  });

  it('gives its pages back by number, and counts what they hold', async () => {
    const header = await plans.store('small', 'argo', pages(2, 1), morning);
    const last = await plans.page('small', 1);

    assert.deepEqual(header, { plan: 'small', flow: 'argo', pages: 2, items: 3 });
    assert.deepEqual(await plans.header('small'), header);
    assert.deepEqual([last.items, last.outcome], [['aoml/1900000_000'], null]);
  });

  it('without anything in it is a plan of no pages', async () => {
    const header = await plans.store('empty', 'argo', pages(), morning);

    assert.deepEqual([header.pages, header.items], [0, 0]);
    assert.deepEqual(await plans.outcome('empty'), { loaded: 0, unchanged: 0, rejected: 0, removed: 0, bytes: 0, pagesOpen: 0 });
  });

  it('says which end of a page was the first, and adds each page up once', async () => {
    await plans.store('twice', 'argo', pages(2, 2), morning);

    const first = await plans.finish('twice', 0, outcome);
    const second = await plans.finish('twice', 0, outcome);

    assert.deepEqual([first, second], [true, false]);
    assert.deepEqual(await plans.outcome('twice'), { ...outcome, pagesOpen: 1 });
  });

  it('stored again keeps the outcomes of the pages that ended meanwhile', async () => {
    await plans.store('again', 'argo', pages(2, 2), morning);
    await plans.finish('again', 1, outcome);

    await plans.store('again', 'argo', pages(2, 2), noon);

    assert.deepEqual((await plans.page('again', 1)).outcome, outcome);
  });

  it('holds no page of an earlier attempt that found more and broke off', async () => {
    async function* broken() {
      yield* pages(2, 2, 2);
      throw new Error('the quarantine cannot be read');
    }
    await assert.rejects(plans.store('fewer', 'argo', broken(), morning), /cannot be read/);

    await plans.store('fewer', 'argo', pages(2), noon);

    assert.equal((await plans.outcome('fewer')).pagesOpen, 1);
  });

  it('says what to do when a page is asked for that nobody stored', async () => {
    await assert.rejects(plans.page('never', 0), { code: 'plan_missing', kind: 'stop', message: /start the job again/ });
  });
});

describe('receipts', () => {
  let receipts: Receipts;
  before(async () => {
    receipts = new Receipts(await server.open('receipts'));
  });

  const receipt = (item: string, product: string, flow = 'argo'): Receipt => ({
    flow,
    item,
    product,
    files: [{ path: `${item}.nc`, sizeBytes: 3, mtimeMs: 1000, sha256: 'ab' }],
    run: 'run-1',
    rules: 1,
    at: morning,
  });

  it('are found by item, each with the files it proves', async () => {
    await receipts.record([receipt('aoml/1_001', '1_001'), receipt('aoml/1_002', '1_002')]);

    const found = await receipts.find('argo', ['aoml/1_002', 'aoml/1_003']);

    assert.deepEqual([...found.keys()], ['aoml/1_002']);
    assert.deepEqual(found.get('aoml/1_002')?.files, receipt('aoml/1_002', '1_002').files);
  });

  it('are replaced where they were taken for new and were not, while new ones beside them are kept', async () => {
    await receipts.record([receipt('bodc/2_001', 'old')]);

    await receipts.record([receipt('bodc/2_001', 'new'), receipt('bodc/2_002', 'other')], () => true);

    const found = await receipts.find('argo', ['bodc/2_001', 'bodc/2_002']);
    assert.deepEqual(
      [...found.values()].map(({ product }) => product),
      ['new', 'other'],
    );
  });

  it('tell who else holds a product', async () => {
    await receipts.record([receipt('jma/3_001', '3_001'), receipt('meds/3_001', '3_001')]);

    const holders = await receipts.holders('argo', ['3_001']);

    assert.deepEqual(holders.map(({ item }) => item).toSorted(), ['jma/3_001', 'meds/3_001']);
  });

  it('are counted for one flow alone, even when the name of another begins alike', async () => {
    await receipts.record([receipt('a/4_001', '1', 'count'), receipt('a/4_002', '2', 'count'), receipt('a/4_003', '3', 'count-2')]);

    assert.equal(await receipts.count('count'), 2);
  });

  it('are gone once they were taken back', async () => {
    await receipts.record([receipt('kma/5_001', '5_001')]);

    await receipts.remove('argo', ['kma/5_001', 'kma/5_002']);

    assert.equal((await receipts.find('argo', ['kma/5_001'])).size, 0);
  });
});

describe('quarantine', () => {
  let quarantine: Quarantine;
  before(async () => {
    quarantine = new Quarantine(await server.open('quarantine'));
  });

  const rejected = (item: string, code = 'unreadable_file'): Rejected => ({
    flow: 'argo',
    kind: 'argo',
    item,
    files: [`${item}.nc`],
    code,
    message: `${item}.nc cannot be read. It holds a $dollar.`,
  });

  it('counts one attempt a run, however often the run puts the item there', async () => {
    await quarantine.put([rejected('aoml/1_001')], 'run-1', morning);
    await quarantine.put([rejected('aoml/1_001')], 'run-1', morning);
    await quarantine.put([rejected('aoml/1_001', 'bad_data_mode')], 'run-2', noon);

    const entry = await quarantine.show('argo', 'aoml/1_001');

    assert.equal(entry?.attempts, 2);
    assert.deepEqual(
      [entry.code, entry.firstAt, entry.lastAt, entry.lastRun, entry.state],
      ['bad_data_mode', morning, noon, 'run-2', 'open'],
    );
  });

  it('keeps a closed entry, which tells how it ended', async () => {
    await quarantine.put([rejected('aoml/2_001'), rejected('aoml/2_002')], 'run-1', morning);

    const closed = await quarantine.close('argo', ['aoml/2_001', 'aoml/2_009'], 'loaded', noon);

    const entry = await quarantine.show('argo', 'aoml/2_001');
    assert.equal(closed, 1);
    assert.deepEqual([entry?.state, entry?.closedAs, entry?.closedAt], ['closed', 'loaded', noon]);
    assert.deepEqual([...(await quarantine.openAmong('argo', ['aoml/2_001', 'aoml/2_002']))], ['aoml/2_002']);
  });

  it('closes an entry once: what was said first stays', async () => {
    await quarantine.put([rejected('aoml/3_001')], 'run-1', morning);
    await quarantine.close('argo', ['aoml/3_001'], 'dropped', morning);

    const closed = await quarantine.close('argo', ['aoml/3_001'], 'loaded', noon);

    assert.equal(closed, 0);
    assert.equal((await quarantine.show('argo', 'aoml/3_001'))?.closedAs, 'dropped');
  });

  it('opens a closed entry again when the item fails again, and goes on counting', async () => {
    await quarantine.put([rejected('aoml/4_001')], 'run-1', morning);
    await quarantine.close('argo', ['aoml/4_001'], 'loaded', morning);

    await quarantine.put([rejected('aoml/4_001')], 'run-2', noon);

    const entry = await quarantine.show('argo', 'aoml/4_001');
    assert.deepEqual([entry?.state, entry?.closedAs, entry?.attempts, entry?.firstAt], ['open', null, 2, morning]);
  });

  it('lists and counts what is open of one flow, in byte order of the items', async () => {
    const of = (item: string, code: string) => ({ ...rejected(item, code), flow: 'listed' });
    await quarantine.put([of('b/1_002', 'one'), of('a/1_001', 'two'), of('c/1_003', 'one')], 'run-1', morning);
    await quarantine.close('listed', ['c/1_003'], 'removed', noon);

    const open = await quarantine.list('listed');

    assert.deepEqual(
      open.map(({ item }) => item),
      ['a/1_001', 'b/1_002'],
    );
    assert.deepEqual(await Array.fromAsync(quarantine.openItems('listed')), ['a/1_001', 'b/1_002']);
    assert.deepEqual(await quarantine.countByCode('listed'), { one: 1, two: 1 });
    assert.equal((await quarantine.list('listed', { includeClosed: true })).length, 3);
  });
});

describe('runs', () => {
  let runs: Runs;
  before(async () => {
    runs = new Runs(await server.open('runs'));
  });

  const begin = (run: string, now: Date) => runs.begin({ run, flow: 'argo', kind: 'argo', job: 'mirror', workflowId: 'mirror/argo' }, now);

  it('begin once: a run that goes on as new keeps its beginning', async () => {
    await begin('one', morning);
    await begin('one', noon);

    assert.deepEqual((await runs.get('one'))?.startedAt, morning);
  });

  it('begin again when a run that has ended is reset: it is under way, and what it said at its end is gone', async () => {
    await begin('reset', morning);
    await runs.end('reset', 'failed', 'The source did not answer.', { loaded: 3 }, morning);

    await begin('reset', noon);

    const run = await runs.get('reset');
    assert.deepEqual([run?.startedAt, run?.endedAt, run?.health, run?.says, run?.record], [noon, null, 'ok', null, null]);
  });

  it('show the phase, and add up what the batches did in it', async () => {
    await begin('two', morning);
    await runs.phase('two', { ...noProgress, phase: 'load', total: 30 }, 'ok', null, noon);

    await runs.advance('two', { done: 10, failed: 1, bytes: 100 }, noon);
    await runs.advance('two', { done: 5, failed: 0, bytes: 50 }, noon);

    assert.deepEqual((await runs.get('two'))?.progress, { phase: 'load', done: 15, total: 30, failed: 1, bytes: 150 });
  });

  it('end with a record, which nobody overwrites by finding the run abandoned', async () => {
    await begin('three', morning);
    await runs.end('three', 'ok', 'Nothing had changed.', { seen: 0 }, noon);

    await runs.abandon('three', 'It vanished.', new Date());

    const run = await runs.get('three');
    assert.deepEqual([run?.health, run?.says, run?.record, run?.endedAt], ['ok', 'Nothing had changed.', { seen: 0 }, noon]);
  });

  it('that vanished are closed with a sentence', async () => {
    await begin('four', morning);

    await runs.abandon('four', 'It vanished.', noon);

    const run = await runs.get('four');
    assert.deepEqual([run?.health, run?.says, run?.endedAt], ['failed', 'It vanished.', noon]);
  });

  it('that fail and try again say why until something moves, whatever the failed attempt reports late', async () => {
    await begin('five', morning);
    const second = (n: number): Date => new Date(noon.getTime() + n * 1000);
    const healthAfter = async (step: Promise<void>) => {
      await step;
      const run = await runs.get('five');
      return [run?.health, run?.says];
    };

    const failing = await healthAfter(runs.trouble('five', 'The source cannot be reached.', second(2)));
    const late = await healthAfter(runs.progress('five', { done: 3 }, second(1)));
    const idle = await healthAfter(runs.progress('five', { done: 0, bytes: 0 }, second(3)));
    const moving = await healthAfter(runs.progress('five', { done: 4 }, second(4)));

    assert.deepEqual([failing, late, idle], Array(3).fill(['failing', 'The source cannot be reached.']));
    assert.deepEqual(moving, ['ok', null]);
  });

  it('are listed latest first', async () => {
    await begin('early', new Date('2020-01-01'));
    await begin('late', new Date('2027-01-01'));

    const [latest] = await runs.latest('argo', 1);

    assert.equal(latest?.run, 'late');
  });

  it('that only say what they would do are the last one while they are under way', async () => {
    await begin('done', new Date('2028-01-01'));
    const [job, flow] = ['mirror', 'argo'];
    await runs.begin({ run: 'dry', flow, kind: 'argo', job, workflowId: 'mirror/argo', isDryRun: true }, new Date('2028-01-02'));

    const during = await runs.last(flow, [job]);
    await runs.end('dry', 'ok', 'It would copy 3 files.', {}, new Date('2028-01-02'));
    const after = await runs.last(flow, [job]);

    assert.deepEqual([during?.run, after?.run, await runs.last(flow, ['audit'])], ['dry', 'done', null]);
  });
});
