/**
 * The long form: kill -9 of each victim at many random moments. `npm run chaos`, `npm run chaos -- --kind ooi --kills 5 --lanes 1 --only 17`.
 * `LANDFALL_CHAOS_SEED` repeats the moments of an earlier run.
 */
import { parseArgs } from 'node:util';
import { argoKit } from './support/argo-kit.ts';
import type { CycleEnd } from './support/cycle.ts';
import type { Kit } from './support/kit.ts';
import { openLane } from './support/lane.ts';
import { ooiKit } from './support/ooi-kit.ts';
import { type Cycle, chaosSeed, cyclesOf } from './support/plan.ts';
import { cycleLine, summaryTable } from './support/report.ts';

const { values } = parseArgs({
  options: {
    /** Of each victim. */
    kills: { type: 'string', default: '50' },
    /** Homes side by side; most of a cycle is waiting for a heartbeat that does not come. */
    lanes: { type: 'string', default: '2' },
    /** Numbers of the cycles to run, with commas; all others are left out. */
    only: { type: 'string' },
    /** What is disturbed: argo or ooi; absent: one after the other. */
    kind: { type: 'string' },
  },
});
const kits = [argoKit, ooiKit].filter(({ kind }) => (values.kind ?? kind) === kind);
if (kits.length === 0) throw new Error(`--kind is ${values.kind}, neither argo nor ooi.`);

const seed = chaosSeed();
const wanted = values.only?.split(',').map(Number);
const ends: CycleEnd[] = [];
console.log(`seed ${seed} (LANDFALL_CHAOS_SEED=${seed} repeats it)`);
console.log('seed/cycle   scenario         killed           moment        found        outcome  seconds');

for (const kit of kits) {
  const queue = cyclesOf(seed, Number(values.kills), kit).filter(({ number }) => wanted?.includes(number) ?? true);
  await Promise.all(Array.from({ length: Number(values.lanes) }, () => work(kit, queue)));
}
console.log(`\n${summaryTable(ends)}`);
process.exit(ends.every(({ struck, wrongs }) => struck !== null && wrongs.length === 0) ? 0 : 1);

/** A home of its own, from cycle to cycle until none is left. */
async function work(kit: Kit, queue: Cycle[]): Promise<void> {
  let lane = await openLane(seed, kit);
  for (let cycle = queue.shift(); cycle !== undefined; cycle = queue.shift()) {
    const end = await lane.run(cycle);
    ends.push(end);
    console.log(cycleLine(seed, end));
    if (end.wrongs.length === 0) continue;
    // What went wrong must not spoil the next cycle; its home stays to be looked at.
    console.log(`    its home is kept: ${lane.dev.folder}`);
    await lane.stop({ keep: true });
    lane = await openLane(seed, kit);
  }
  await lane.stop();
}
