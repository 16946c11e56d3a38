import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readEndpoints } from '../../src/embedded/embedded.ts';
import { expectedProfiles } from '../../standins/gdac/expected.ts';
import { commandIn } from '../helpers/command.ts';
import { type OperationsPage, operationsPage, type Said } from '../helpers/operations-page.ts';
import { rsyncsOver, until } from '../helpers/processes.ts';
import { type FlowSite, filesIn, type Site, startSite } from '../helpers/site.ts';

const world = { seed: 61, floats: 9, cyclesPerFloat: 7 };
const [item = ''] = [...expectedProfiles(world, 0)].flatMap(({ key, outcome }) => (outcome.state === 'document' ? [key] : []));
/** Slow enough that a copy is under way for many seconds. KiB/s. */
const SLOW = 40;

let site: Site;
let argo: FlowSite;
let page: OperationsPage;
let landfall: ReturnType<typeof commandIn>;
let night = 0;

before(async () => {
  site = await startSite();
  argo = await site.flow('argo', world, { load: { batch: 7, width: 1 }, deletions: { share: 0, floor: 0 } });
  await site.worker();
  const endpoints = await readEndpoints(site.home);
  page = await operationsPage('Steer it', endpoints?.temporalAddress ?? '');
  mkdirSync(join(site.home, 'work'));
  landfall = commandIn(join(site.home, 'work'), { LANDFALL_HOME: site.home });
  await landfall('apply');
});
after(async () => {
  page.close();
  await site.stop();
});

/** Types a command of the page; it must be right. */
async function type(to: string, instead?: Readonly<Record<string, string>>): Promise<string> {
  const { exit, text } = await page.type(to, instead);
  assert.equal(exit, 0, text);
  return text;
}

const untilSays = async (to: string, expected: RegExp): Promise<string> => {
  let text = '';
  await until(async () => {
    ({ text } = await page.type(to));
    return expected.test(text);
  });
  return text;
};

const untilCopying = async (): Promise<void> => {
  const files = await filesIn(argo.flow.mirror);
  await untilSays('see how far it is', /"phase":"copy"/);
  await until(async () => (await filesIn(argo.flow.mirror)) !== files);
};

/** Something new at the source, arriving slowly. */
const slowNight = async (): Promise<void> => {
  night += 1;
  await argo.gdac.playNight(night);
  await argo.gdac.setFaults({ bandwidthKiB: SLOW });
};

const quick = (): Promise<void> => argo.gdac.setFaults({});

const finished = async (): Promise<string> => await type('wait for it, and read how it ended');

/** Only what a person can act on. */
function assertReadable({ exit, text }: Said, sentence: RegExp): void {
  assert.equal(exit, 1, text);
  assert.match(text, sentence);
  assert.doesNotMatch(text, /StackTrace|\.ts:\d+|Activity task failed/);
}

describe('the temporal command', () => {
  it('starts a night, says how far it is, and what it is about', async () => {
    await argo.gdac.setFaults({ bandwidthKiB: SLOW });

    const started = await type('start a night');
    await untilCopying();
    const running = await type('see what runs');
    const described = await type('see how it is');
    const plan = await type('see what it is about');
    const details = await type('see its details and what it answers to');

    assert.match(started, /mirror\/argo/);
    assert.match(running, /Running +mirror\/argo/);
    assert.match(described, /copyChanges/);
    assert.match(plan, /profiles of 9 floats changed/);
    assert.match(details, /mirror of argo: copy\*\*, \d+ of \d+ \(\d+ %\) done, 0 failed/);
    assert.match(details, /pause[\s\S]*resume[\s\S]*stop[\s\S]*retry[\s\S]*setWidth[\s\S]*retryItems/);
  });

  it('is told who works on the flow when it starts a second run, by hand or by schedule', async () => {
    const started = await type('start one that accepts a loss and loads all it lists');
    const [, id = ''] = /WorkflowId +(\S+)/.exec(started) ?? [];
    const byHand = await page.type('wait for it, and read how it ended', { 'mirror/argo': id });
    await type('start one now');
    let scheduled = '';
    await until(async () => {
      for await (const { workflowId, status } of site.client.workflow.list({ query: "TemporalScheduledById = 'mirror/argo'" }))
        if (status.name === 'FAILED') scheduled = workflowId;
      return scheduled !== '';
    });
    const bySchedule = await page.type('wait for it, and read how it ended', { 'mirror/argo': scheduled });

    for (const said of [byHand, bySchedule])
      assertReadable(said, /Flow argo is already being worked on by mirror \(workflow mirror\/argo, .*This second run did nothing/);
  });

  it('ends rsync with the run it cancels, and the next night goes on from there', async () => {
    await type('end it at once');
    const ended = await page.type('wait for it, and read how it ended');
    const processes = await rsyncsOver(argo.flow.mirror);
    const files = await filesIn(argo.flow.mirror);
    await quick();
    await type('start a night');
    const next = await finished();

    assert.match(ended.text, /CANCELED/);
    assert.deepEqual(processes, []);
    assert.ok(files > 3);
    assert.match(next, /profiles seen: \d+ loaded/);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('holds a run, widens it, has items tried again, and lets it go on', async () => {
    await slowNight();
    await type('start a night');
    await untilSays('see how far it is', /"phase":"copy"|"health":"asks"/);

    await type('hold it');
    const held = await untilSays('see how far it is', /"paused":true/);
    await type('work on more batches at once');
    const accepted = await type('try some items again', { 'aoml/13857_001': item });
    const refused = await page.type('try some items again', { 'aoml/13857_001': 'nonsense' });
    await type('look again, and try the quarantine again');
    await quick();
    await type('let it go on');
    const progress = await untilSays('see how far it is', /"paused":false/);
    await untilSays('see how far it is', /"health":"asks"/);
    await type('accept what it asks about');
    const end = await finished();

    assert.match(held, /Paused by an operator/);
    assert.match(accepted, /accepted:1/);
    assertReadable(refused, /nonsense\\?" names no item\. Expected <dac>\/<wmo>_<number>/);
    assert.match(progress, /"width":4/);
    assert.match(end, /"retried":\{/);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('finds the run that asks, and ends it in order instead', async () => {
    await slowNight();
    await quick();
    await type('start a night');
    await untilSays('see how far it is', /"health":"asks"/);

    const asking = await untilSays('find what waits for an answer', /mirror\/argo/);
    await type('end it in order');
    const end = await finished();

    assert.match(asking, /Running/);
    assert.match(end, /Stopped by an operator/);
  });

  it('shows what a night would do', async () => {
    const shown = await type('only see what a night would do');

    assert.match(shown, /profiles of \d+ floats changed/);
  });

  it('terminates a run whose flow the next one takes over, with the right documents', async () => {
    await slowNight();
    const started = await type('start one that accepts a loss and loads all it lists', { 'start ': 'start --workflow-id mirror/argo ' });
    const [, run = ''] = /RunId +(\S+)/.exec(started) ?? [];
    await untilCopying();

    await type('end it without asking it');
    const { status } = await site.client.workflow.getHandle('mirror/argo').describe();
    await quick();
    await type('start one that accepts a loss and loads all it lists', { 'start ': 'start --workflow-id mirror/argo ' });
    await finished();

    assert.equal(status.name, 'TERMINATED');
    const record = await site.runs.get(run);
    assert.deepEqual([record?.health, record?.endedAt === null], ['failed', false]);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('resets a run at work, and one that has ended, and both are done again', async () => {
    await slowNight();
    const forced = { 'start ': 'start --workflow-id mirror/argo ' };
    await type('start one that accepts a loss and loads all it lists', forced);
    await untilCopying();

    await type('do a run again from its beginning');
    await quick();
    const first = await finished();
    const wrongs = await argo.wrongs();
    night += 1;
    await argo.gdac.playNight(night);
    await type('do a run again from its beginning');
    await untilSays('see how far it is', /"phase":"(list|copy|load|plan|record)"/);
    const again = await finished();

    assert.match(first, /profiles seen/);
    assert.deepEqual(wrongs, []);
    assert.match(again, /profiles seen/);
    assert.deepEqual(await argo.wrongs(), []);
    const [last] = await site.runs.latest('argo', 1);
    assert.equal(last?.health, 'ok');
  });

  it('lists, holds, releases, triggers and backfills schedules', async () => {
    const listed = await type('list the schedules');
    await type('hold a schedule');
    const held = await type('see one, its next and its last runs');
    await type('let a schedule go on');
    const scheduled = async (): Promise<number> => {
      const { count } = await site.client.workflow.count("TemporalScheduledById = 'mirror/argo' AND ExecutionStatus = 'Completed'");
      return count;
    };

    const released = await type('see one, its next and its last runs');
    await type('do what it missed');
    await until(async () => (await scheduled()) === 1);

    assert.match(listed, /mirror\/argo/);
    assert.match(held, /the disk is moved/);
    assert.match(released, /the disk is back/);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('slows a queue down for all workers, and lets it run freely again', async () => {
    const slowed = await type('slow a queue down, for all workers together');
    const freed = await type('let a queue run freely again');
    const served = await type('see who serves a queue, and what waits');

    assert.match(slowed, /5/);
    assert.doesNotMatch(freed, /the database is busy/);
    assert.match(served, /Pollers:[\s\S]*activity/);
  });

  it('has been tried with every command of the page', () => {
    assert.deepEqual(page.untried(), []);
  });
});
