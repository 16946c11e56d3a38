import type { DevHome, DevOptions } from './dev-home.ts';
import { type Struck, type Victim, victimsOf } from './plan.ts';
import type { Scenario } from './scenario.ts';

/** What is disturbed in one lane: facilities of its own, and the scenarios over them. */
export interface OpenKit {
  /** How the command is started that all of it runs under. */
  readonly dev: DevOptions;
  /** Called when it is up. */
  scenarios(dev: DevHome): Promise<readonly Scenario[]>;
  stop(): Promise<void>;
}

/** Everything of one kind that can be struck. */
export interface Kit {
  readonly kind: string;
  readonly victims: readonly Victim[];
  readonly struck: readonly Struck[];
  open(seed: number): Promise<OpenKit>;
}

/** A kit of which only some scenarios are run. */
export const only = (kit: Kit, struck: readonly Struck[]): Kit => ({
  ...kit,
  struck,
  victims: kit.victims.filter((victim) => victimsOf(struck).has(victim)),
  async open(seed) {
    const { scenarios, ...rest } = await kit.open(seed);
    const isWanted = ({ name }: Scenario): boolean => struck.some((one) => one.name === name);
    return { ...rest, scenarios: async (dev) => (await scenarios(dev)).filter(isWanted) };
  },
});
