import { type CycleEnd, disturb, type PhaseTimes, undisturbed } from './cycle.ts';
import { type DevHome, startDevHome } from './dev-home.ts';
import type { Kit } from './kit.ts';
import type { Cycle } from './plan.ts';
import type { Scenario } from './scenario.ts';

/** A home of its own with everything that can be disturbed in it. Kills of one lane touch no other. */
export interface Lane {
  readonly dev: DevHome;
  readonly scenarios: readonly Scenario[];
  /** Strikes a scenario. A run that ended before the moment came is struck again, earlier. */
  run(cycle: Cycle): Promise<CycleEnd>;
  stop(options?: { readonly keep: boolean }): Promise<void>;
}

const ATTEMPTS = 4;

/** Starts the servers, and runs every scenario once without a disturbance: what it leaves is what the others must leave. */
export async function openLane(seed: number, kit: Kit): Promise<Lane> {
  const opened = await kit.open(seed);
  const dev = await startDevHome(opened.dev);
  try {
    const scenarios = await opened.scenarios(dev);
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
        await opened.stop();
        await dev.stop(options);
      },
    };
  } catch (error) {
    await opened.stop();
    await dev.stop();
    throw error;
  }
}
