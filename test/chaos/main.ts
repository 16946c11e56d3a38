/**
 * The long form: kill -9 of each victim at many random moments. `npm run chaos`, `npm run chaos -- --kills 5 --lanes 1 --only 17`.
 * `LANDFALL_CHAOS_SEED` repeats the moments of an earlier run.
 */
import { parseArgs } from 'node:util';
import type { CycleEnd } from './support/cycle.ts';
import { openLane } from './support/lane.ts';
import { chaosSeed, cyclesOf } from './support/plan.ts';
import { cycleLine, summaryTable } from './support/report.ts';

const { values } = parseArgs({
  options: {
    /** Of each victim. */
    kills: { type: 'string', default: '50' },
    /** Homes side by side; most of a cycle is waiting for a heartbeat that does not come. */
    lanes: { type: 'string', default: '2' },
    /** Numbers of the cycles to run, with commas; all others are left out. */
    only: { type: 'string' },
  },
});

const seed = chaosSeed();
const wanted = values.only?.split(',').map(Number);
const ends: CycleEnd[] = [];
console.log(`seed ${seed} (LANDFALL_CHAOS_SEED=${seed} repeats it)`);
console.log('seed/cycle   scenario     killed           moment        found        outcome  seconds');

const lanes = await Promise.all(Array.from({ length: Number(values.lanes) }, () => openLane(seed)));
try {
  const phases = lanes[0]?.scenarios[0]?.phases ?? {};
  const cycles = cyclesOf(seed, Number(values.kills), phases).filter(({ number }) => wanted?.includes(number) ?? true);
  const queue = [...cycles];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let cycle = queue.shift(); cycle !== undefined; cycle = queue.shift()) {
        const end = await lane.run(cycle);
        ends.push(end);
        console.log(cycleLine(seed, end));
      }
    }),
  );
} finally {
  console.log(`\n${summaryTable(ends)}`);
  for (const lane of lanes) await lane.stop();
}
process.exitCode = ends.every(({ struck, wrongs }) => struck !== null && wrongs.length === 0) ? 0 : 1;
