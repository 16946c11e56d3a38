import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { argoKit } from './support/argo-kit.ts';
import { only } from './support/kit.ts';
import { type Lane, openLane } from './support/lane.ts';
import { chaosSeed, cyclesOf } from './support/plan.ts';
import { cycleLine } from './support/report.ts';

const seed = chaosSeed();
const kit = only(argoKit, [
  { name: 'first night', phases: { list: 1, copy: 2, load: 2 } },
  { name: 'rebuild', phases: { plan: 1, load: 3 } },
  { name: 'later night', phases: { list: 1, copy: 2 } },
]);

/** The short form; `npm run chaos` does this two hundred times. */
describe(`a night or a rebuild under landfall dev (LANDFALL_CHAOS_SEED=${seed})`, () => {
  let lane: Lane;
  before(async () => {
    lane = await openLane(seed, kit);
  });
  after(() => lane.stop());

  for (const cycle of cyclesOf(seed, 1, kit)) {
    it(`goes on by itself and ends as if undisturbed when ${cycle.victim} is killed at a random moment`, async (test) => {
      const end = await lane.run(cycle);

      test.diagnostic(cycleLine(seed, end));
      assert.notEqual(end.struck, null, 'something was killed while the night ran');
      assert.deepEqual(end.wrongs, []);
    });
  }
});
