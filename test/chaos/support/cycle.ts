import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../../src/errors.ts';
import { Runs } from '../../../src/stores/runs.ts';
import { randomOf } from '../../../standins/gdac/random.ts';
import type { DevHome } from './dev-home.ts';
import { endOf, patiently } from './patience.ts';
import type { Cycle } from './plan.ts';
import type { Scenario } from './scenario.ts';
import { strike } from './strike.ts';

/** How long each phase takes undisturbed. Milliseconds by phase. */
export type PhaseTimes = ReadonlyMap<string, number>;

export interface CycleEnd {
  readonly cycle: Cycle;
  readonly scenario: string;
  /** What was killed; null: the run was over before the moment came. */
  readonly struck: string | null;
  /** The phase in which the run was just before. */
  readonly phase: string;
  /** Empty: as undisturbed. */
  readonly wrongs: readonly string[];
  readonly seconds: number;
}

/** Phases can be short; a look takes a few milliseconds of two servers' work. */
const LOOK_MS = 15;
/** Once it has been struck, only the end of the run is still awaited. */
const CALM_LOOK_MS = 250;
/** A worker's death is noticed after 15 s without a heartbeat; a busy machine takes its time. */
const PATIENCE_MS = 300_000;

/** Runs the scenario without a disturbance; answers how long its phases took. @throws when even that ends wrong. */
export async function undisturbed(dev: DevHome, scenario: Scenario): Promise<PhaseTimes> {
  const until = AbortSignal.timeout(PATIENCE_MS);
  await scenario.prepare(null);
  const run = await scenario.start();
  const started = performance.now();
  const begun = new Map<string, number>([['starting', started]]);
  const watched = watchPhases(
    dev,
    run.firstExecutionRunId,
    { until, everyMs: () => LOOK_MS },
    (phase) => void begun.set(phase, performance.now()),
  );
  const end = await endOf(run, until);
  await watched;
  const wrongs = end.state === 'failed' ? [end.why] : await scenario.wrongs(run.firstExecutionRunId, end.result);
  if (wrongs.length > 0) throw new Error(`An undisturbed ${scenario.name} is wrong already: ${wrongs.join(' ')}`);
  const times = [...begun.values(), performance.now()];
  return new Map([...begun.keys()].map((phase, at) => [phase, (times[at + 1] ?? 0) - (times[at] ?? 0)]));
}

/** One kill, and what became of the run. */
export async function disturb(dev: DevHome, scenario: Scenario, cycle: Cycle, seed: number, times: PhaseTimes): Promise<CycleEnd> {
  const since = performance.now();
  const until = AbortSignal.timeout(PATIENCE_MS);
  const now = { phase: 'starting' };
  let [struck, at]: [string | null, string] = [null, now.phase];
  let wrongs: readonly string[];
  try {
    await patiently(() => scenario.prepare(cycle.number), until);
    const run = await patiently(() => scenario.start(), until);
    const id = run.firstExecutionRunId;
    const everyMs = (): number => (struck === null ? LOOK_MS : CALM_LOOK_MS);
    const watched = watchPhases(dev, id, { until, everyMs }, (phase) => Object.assign(now, { phase }));
    const random = randomOf(seed, 'strike', cycle.number);
    struck = await strikeAt(cycle, times, now, until, () => strike(cycle.victim, dev, scenario.mirror, random));
    at = now.phase;
    const end = await endOf(run, until);
    wrongs = end.state === 'failed' ? [end.why] : await patiently(() => scenario.wrongs(id, end.result), until);
    await watched;
  } catch (error) {
    const late = `It had not ended after ${PATIENCE_MS / 1000} s, in phase ${now.phase}.`;
    wrongs = [until.aborted ? late : `The harness failed: ${messageOf(error)}`];
  }
  return { cycle, scenario: scenario.name, struck, phase: at, wrongs, seconds: (performance.now() - since) / 1000 };
}

/** Waits for the moment, then strikes as soon as there is something to strike; null when the run is over before. */
async function strikeAt(
  { phase: wanted, share }: Cycle,
  times: PhaseTimes,
  now: { readonly phase: string },
  until: AbortSignal,
  hit: () => Promise<string | null>,
): Promise<string | null> {
  const order = [...times.keys(), 'ended'];
  while (order.indexOf(now.phase) < order.indexOf(wanted) && !until.aborted) await delay(LOOK_MS);
  await delay(share * (times.get(wanted) ?? 0));
  while (now.phase !== 'ended' && !until.aborted) {
    const struck = await hit();
    if (struck !== null) return struck;
    await delay(LOOK_MS);
  }
  return null;
}

/** Tells each new phase of a run, until it has ended. */
async function watchPhases(
  dev: DevHome,
  run: string,
  { until, everyMs }: { readonly until: AbortSignal; readonly everyMs: () => number },
  onPhase: (phase: string) => void,
): Promise<void> {
  const runs = new Runs(dev.database);
  let last = '';
  while (last !== 'ended' && !until.aborted) {
    const phase = (await runs.get(run).catch(() => null))?.progress.phase ?? last;
    if (phase !== last) onPhase(phase);
    last = phase;
    await delay(everyMs());
  }
}
