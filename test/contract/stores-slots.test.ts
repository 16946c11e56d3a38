import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { LeaseHolder } from '../../src/stores/leases.ts';
import { Slots } from '../../src/stores/slots.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';

const run = (name: string): LeaseHolder => ({ job: 'refresh', workflowId: `refresh/${name}`, runId: name });
const [first, second, third, fourth] = [run('first'), run('second'), run('third'), run('fourth')];
const alive = async (): Promise<boolean> => true;

describe('slots that runs take in turn', () => {
  let server: TestDatabase;
  before(async () => {
    server = await startDatabase();
  });
  after(() => server.stop());

  it('are as many as is said, and whoever comes later waits in the order of coming', async () => {
    const slots = new Slots(await server.open('turn'));

    assert.deepEqual(await slots.take('builds', 2, first, alive), { state: 'taken' });
    assert.deepEqual(await slots.take('builds', 2, second, alive), { state: 'taken' });
    assert.deepEqual(await slots.take('builds', 2, third, alive), { state: 'waits', before: 0 });
    assert.deepEqual(await slots.take('builds', 2, fourth, alive), { state: 'waits', before: 1 });
    assert.deepEqual(await slots.release('builds', 2, first), third, 'the next in line is named');
    assert.deepEqual(await slots.take('builds', 2, fourth, alive), { state: 'waits', before: 0 });
    assert.deepEqual(await slots.take('builds', 2, third, alive), { state: 'taken' });
  });

  it('are no more than is said when many come at once', async () => {
    const workers = [new Slots(await server.open('many')), new Slots(await server.open('many'))];
    const take = (at: number) => (workers[at % 2] ?? assert.fail()).take('builds', 3, run(`${at}`), alive);

    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => take(at)));

    assert.equal(answers.filter(({ state }) => state === 'taken').length, 3);
  });

  it('stay with whoever asks twice, and with nobody who has given them back', async () => {
    const slots = new Slots(await server.open('twice'));
    await slots.take('builds', 1, first, alive);

    assert.deepEqual(await slots.take('builds', 1, first, alive), { state: 'taken' });
    assert.equal(await slots.release('builds', 1, first), null);
    assert.equal(await slots.release('builds', 1, first), null);
    assert.deepEqual(await slots.take('builds', 1, second, alive), { state: 'taken' });
  });

  it('are taken from runs that have ended without giving them back, by the next in line', async () => {
    const slots = new Slots(await server.open('ended'));
    await slots.take('builds', 2, first, alive);
    await slots.take('builds', 2, second, alive);

    const taken = await slots.take('builds', 2, third, async ({ runId }) => runId !== 'first');

    assert.deepEqual(taken, { state: 'taken' });
    assert.deepEqual(await slots.take('builds', 2, fourth, alive), { state: 'waits', before: 0 });
  });

  it('are reached by the last in line, when all before it have ended without leaving it', async () => {
    const slots = new Slots(await server.open('all-ended'));
    for (const one of [first, second, third, fourth]) await slots.take('builds', 1, one, alive);

    const taken = await slots.take('builds', 1, fourth, async ({ runId }) => runId === 'fourth');

    assert.deepEqual(taken, { state: 'taken' });
  });

  it('are kept by those at work, whatever has ended in the line behind them', async () => {
    const slots = new Slots(await server.open('some-ended'));
    for (const one of [first, second, third, fourth]) await slots.take('builds', 1, one, alive);

    const waits = await slots.take('builds', 1, fourth, async ({ runId }) => runId === 'first');

    assert.deepEqual(waits, { state: 'waits', before: 0 });
    assert.deepEqual(await slots.release('builds', 1, first), fourth);
  });

  it('are a line for each thing', async () => {
    const slots = new Slots(await server.open('things'));
    await slots.take('builds', 1, first, alive);

    assert.deepEqual(await slots.take('others', 1, second, alive), { state: 'taken' });
  });
});
