import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Fence, type LeaseAnswer, Leases } from '../../src/stores/leases.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';

const at = new Date('2026-03-01T06:00:00Z');
const first = { job: 'mirror', workflowId: 'mirror/argo', runId: 'run-1' };
const second = { job: 'mirror', workflowId: 'mirror/argo-2', runId: 'run-2' };
const alive = async () => true;
const dead = async () => false;

function fenceOf(answer: LeaseAnswer): Fence {
  return answer.state === 'taken' ? answer.fence : assert.fail(`the lease is held by ${answer.holder.runId}`);
}

describe('the lease of a flow', () => {
  let server: TestDatabase;
  let leases: Leases;

  before(async () => {
    server = await startDatabase();
    leases = new Leases(await server.open('leases'));
  });
  after(() => server.stop());

  it('is given to the first taker, and again to the same one with the same epoch', async () => {
    const taken = await leases.take('again', first, at, dead);
    const repeated = await leases.take('again', first, new Date(), dead);

    assert.deepEqual(taken, { state: 'taken', fence: { flow: 'again', epoch: 1 }, replaced: null });
    assert.deepEqual(repeated, taken);
  });

  it('is refused to a second taker while its holder is alive, with the name of the holder', async () => {
    await leases.take('busy', first, at, dead);

    const answer = await leases.take('busy', second, new Date(), alive);

    assert.deepEqual(answer, { state: 'busy', holder: first, since: at });
  });

  it('is taken from a dead holder, with a larger epoch and the name of the dead one', async () => {
    await leases.take('dead', first, at, dead);

    const answer = await leases.take('dead', second, new Date(), dead);

    assert.deepEqual(answer, { state: 'taken', fence: { flow: 'dead', epoch: 2 }, replaced: first });
  });

  it('is free after its release, which nobody else can do', async () => {
    const fence = fenceOf(await leases.take('released', first, at, dead));
    await leases.release({ ...fence, epoch: fence.epoch - 1 });
    const stillHeld = await leases.take('released', second, new Date(), alive);

    await leases.release(fence);
    const answer = await leases.take('released', second, new Date(), alive);

    assert.equal(stillHeld.state, 'busy');
    assert.deepEqual(answer, { state: 'taken', fence: { flow: 'released', epoch: 2 }, replaced: null });
  });

  it('is given to one only of many that ask for it at the same moment', async () => {
    const takers = Array.from({ length: 10 }, (_, n) => ({ ...first, runId: `run-${n}` }));

    const answers = await Promise.all(takers.map((taker) => leases.take('rush', taker, at, alive)));

    assert.equal(answers.filter(({ state }) => state === 'taken').length, 1);
  });

  it('is replaced by one only of many that find its holder dead', async () => {
    await leases.take('funeral', first, at, dead);
    const takers = Array.from({ length: 10 }, (_, n) => ({ ...second, runId: `heir-${n}` }));

    const answers = await Promise.all(takers.map((taker) => leases.take('funeral', taker, at, async ({ runId }) => runId !== first.runId)));

    assert.deepEqual(
      answers.filter(({ state }) => state === 'taken').map((answer) => fenceOf(answer).epoch),
      [2],
    );
  });

  it('refuses a write under an old epoch, and lets one under the present epoch pass', async () => {
    const old = fenceOf(await leases.take('fence', first, at, dead));
    const present = fenceOf(await leases.take('fence', second, at, dead));

    await leases.assertHeld(present);
    await assert.rejects(leases.assertHeld(old), {
      code: 'lease_lost',
      kind: 'stop',
      message: /no longer holds the lease of fence \(epoch 1, now 2\)/,
    });
  });

  it('refuses a write after it was released', async () => {
    const fence = fenceOf(await leases.take('given back', first, at, dead));
    await leases.release(fence);

    await assert.rejects(leases.assertHeld(fence), { code: 'lease_lost' });
  });
});
