import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Turns } from '../../src/stores/turns.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';

const HOUR_MS = 3_600_000;

describe('turns that workers take together', () => {
  let server: TestDatabase;
  before(async () => {
    server = await startDatabase();
  });
  after(() => server.stop());

  const distances = (moments: readonly Date[]): readonly number[] => {
    const times = moments.map((at) => at.getTime()).toSorted((a, b) => a - b);
    return times.slice(1).map((at, before) => at - (times[before] ?? at));
  };

  it('are never closer than the rate allows, whoever takes them, the first ones of all too', async () => {
    const workers = [new Turns(await server.open('first')), new Turns(await server.open('first'))];

    const taken = await Promise.all(Array.from({ length: 30 }, (_, at) => (workers[at % 2] ?? assert.fail()).reserve('facility', 20)));

    assert.equal(new Set(taken.map((at) => at.getTime())).size, 30);
    assert.ok(Math.min(...distances(taken)) >= 50, `${distances(taken)}`);
  });

  it('go by the clock of the database: one whose own is an hour ahead keeps nobody waiting', async () => {
    const [right, wrong] = [new Turns(await server.open('clocks')), new Turns(await server.open('clocks'), () => Date.now() + HOUR_MS)];
    await wrong.reserve('facility', 20);

    const next = await right.reserve('facility', 20);

    assert.ok(next.getTime() - Date.now() < HOUR_MS / 2);
  });

  it('are one queue for each thing that is asked', async () => {
    const turns = new Turns(await server.open('things'));
    await turns.reserve('slow', 0.001);

    const other = await turns.reserve('other', 0.001);

    assert.ok(other.getTime() - Date.now() < 500_000);
  });

  it('end at once when whoever waits is cancelled', async () => {
    const turns = new Turns(await server.open('cancelled'));
    await turns.reserve('facility', 0.001);
    const cancel = new AbortController();
    const waiting = turns.take('facility', 0.001, cancel.signal);
    cancel.abort();

    await assert.rejects(waiting, { name: 'AbortError' });
  });
});
