import { type CycleEnd, disturb, type PhaseTimes, undisturbed } from './cycle.ts';
import { type DevHome, startDevHome } from './dev-home.ts';
import { firstNight, laterNight, NIGHT_PHASES, nightSite } from './nights.ts';
import type { Cycle, Struck } from './plan.ts';
import { REBUILD_PHASES, rebuilt, rebuiltBeside } from './rebuilds.ts';
import type { Scenario } from './scenario.ts';

/** A home of its own with everything that can be disturbed in it. Kills of one lane touch no other. */
export interface Lane {
  readonly dev: DevHome;
  readonly scenarios: readonly Scenario[];
  /** Strikes a scenario. A run that ended before the moment came is struck again, earlier. */
  run(cycle: Cycle): Promise<CycleEnd>;
  stop(options?: { readonly keep: boolean }): Promise<void>;
}

/** What can be struck. */
export const SCENARIOS: readonly Struck[] = [
  { name: 'first night', phases: NIGHT_PHASES },
  { name: 'rebuild', phases: REBUILD_PHASES },
  { name: 'later night', phases: NIGHT_PHASES },
  { name: 'beside', phases: { ...REBUILD_PHASES, swap: 2 } },
];

const ATTEMPTS = 4;

/** Starts the servers, and runs every scenario once without a disturbance: what it leaves is what the others must leave. */
export async function openLane(seed: number): Promise<Lane> {
  const dev = await startDevHome();
  try {
    const site = await nightSite(dev);
    const scenarios = [firstNight(site), laterNight(site), rebuilt(site), rebuiltBeside(site)];
    const times = new Map<Scenario, PhaseTimes>();
    for (const scenario of scenarios) times.set(scenario, await undisturbed(dev, scenario));
    return {
      dev,
      scenarios,
      async run(cycle) {
        const scenario = scenarios.find(({ name }) => name === cycle.scenario);
        if (scenario === undefined) throw new Error(`There is no scenario ${cycle.scenario}.`);
        let end = await disturb(dev, scenario, cycle, seed, times.get(scenario) ?? new Map());
        for (let attempt = 1; attempt < ATTEMPTS && end.struck === null && end.wrongs.length === 0; attempt += 1)
          end = await disturb(dev, scenario, { ...cycle, share: cycle.share / 2 ** attempt }, seed, times.get(scenario) ?? new Map());
        return end;
      },
      async stop(options) {
        await site.stop();
        await dev.stop(options);
      },
    };
  } catch (error) {
    await dev.stop();
    throw error;
  }
}
