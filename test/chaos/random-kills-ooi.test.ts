import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { only } from './support/kit.ts';
import { type Lane, openLane } from './support/lane.ts';
import { ooiKit } from './support/ooi-kit.ts';
import { chaosSeed, cyclesOf } from './support/plan.ts';
import { cycleLine } from './support/report.ts';

const seed = chaosSeed();
const kit = only(ooiKit, [
  { name: 'append pointer', phases: { append: 1 }, isInBucket: true },
  { name: 'both disk', phases: { wait: 1, fetch: 1, build: 3, publish: 2 } },
]);

/** The short form; `npm run chaos -- --kind ooi` does this two hundred times, also with stores that are published as a copy. */
describe(`a harvest or a refresh under landfall dev (LANDFALL_CHAOS_SEED=${seed})`, () => {
  let lane: Lane;
  before(async () => {
    lane = await openLane(seed, kit);
  });
  after(() => lane.stop());

  for (const cycle of cyclesOf(seed, 1, kit)) {
    it(`goes on by itself and leaves the whole store when ${cycle.victim} is killed at a random moment`, async (test) => {
      const end = await lane.run(cycle);

      test.diagnostic(cycleLine(seed, end));
      assert.notEqual(end.struck, null, 'something was killed while it ran');
      assert.deepEqual(end.wrongs, []);
    });
  }
});
