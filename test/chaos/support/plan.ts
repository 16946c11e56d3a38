import { randomOf } from '../../../standins/gdac/random.ts';

export const VICTIMS = ['worker', 'rsync', 'temporal', 'database', 'objects'] as const;
export type Victim = (typeof VICTIMS)[number];

/** One kill, before it is known how it ends. */
export interface Cycle {
  /** From 1; with the seed it names the cycle for good. */
  readonly number: number;
  readonly victim: Victim;
  readonly scenario: string;
  /** The phase of the run in which it is struck. */
  readonly phase: string;
  /** How far into that phase, as a share of what the phase takes undisturbed. */
  readonly share: number;
}

/** Phases, each as often as it is drawn. */
export type Phases = Readonly<Record<string, number>>;

/** Some victims work in some phases alone. */
const OWN_PHASES: Readonly<Partial<Record<Victim, ReadonlySet<string>>>> = {
  rsync: new Set(['list', 'copy']),
  objects: new Set(['append', 'build', 'compare', 'publish']),
};

/** Something that can be struck, and where. */
export interface Struck {
  readonly name: string;
  readonly phases: Phases;
  /** Its products are in a bucket. */
  readonly isInBucket?: boolean;
}

/** What can be killed in some of them. */
export const victimsOf = (scenarios: readonly Struck[]): ReadonlySet<Victim> =>
  new Set(VICTIMS.filter((victim) => scenarios.some((scenario) => phasesFor(victim, scenario).length > 0)));

/** So many kills of each victim, spread over scenarios and their phases. The same seed gives the same cycles. */
export function cyclesOf(
  seed: number,
  killsOfEach: number,
  { victims, struck: scenarios }: { readonly victims: readonly Victim[]; readonly struck: readonly Struck[] },
): readonly Cycle[] {
  const cycles: Cycle[] = [];
  for (let round = 0; round < killsOfEach; round += 1) {
    for (const [at, victim] of victims.entries()) {
      const number = cycles.length + 1;
      const random = randomOf(seed, 'cycle', number);
      const suitable = scenarios
        .map((scenario) => ({ name: scenario.name, phases: phasesFor(victim, scenario) }))
        .filter(({ phases }) => phases.length > 0);
      const chosen = suitable[(round + at) % suitable.length];
      const phase = drawn(chosen?.phases ?? [], random.next());
      if (chosen !== undefined && phase !== null) cycles.push({ number, victim, scenario: chosen.name, phase, share: random.next() });
    }
  }
  return cycles;
}

function phasesFor(victim: Victim, { phases, isInBucket = false }: Struck): readonly (readonly [string, number])[] {
  if (victim === 'objects' && !isInBucket) return [];
  const own = OWN_PHASES[victim];
  return Object.entries(phases).filter(([phase]) => own?.has(phase) ?? true);
}

function drawn(weighted: readonly (readonly [string, number])[], dice: number): string | null {
  let rest = dice * weighted.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of weighted) {
    if (rest < weight) return name;
    rest -= weight;
  }
  return null;
}

/** The seed of this process: `LANDFALL_CHAOS_SEED`, else one that nobody chose. */
export function chaosSeed(): number {
  const set = Number.parseInt(process.env.LANDFALL_CHAOS_SEED ?? '', 10);
  return Number.isNaN(set) ? Math.floor(Math.random() * 1e6) : set;
}
