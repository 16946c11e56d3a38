import { join } from 'node:path';
import { Failure } from '../errors.ts';
import { applyCollections } from '../stores/collections.ts';
import type { Fence, Leases } from '../stores/leases.ts';
import { type Database, within } from '../stores/mongo.ts';
import type { PageOutcome, PlanHeader, Plans } from '../stores/plans.ts';
import type { Quarantine } from '../stores/quarantine.ts';
import type { Receipts } from '../stores/receipts.ts';
import { argoCollections } from './collections.ts';
import type { ArgoFlow } from './flow.ts';
import { emptyMirror } from './load.ts';
import { type ProfileKey, parseKeyText } from './names.ts';
import { planPages } from './pages.ts';
import { isOfCollections, isUntouchedSince, type Rebuild, type RebuildLedger, recipeOf } from './rebuild-ledger.ts';
import { planRebuild, platformProfiles, type RebuildPages, type RebuildSource, type RebuildSummary } from './rebuild-plan.ts';
import { namesIn } from './rebuild-swap.ts';
import { besideCollections, oldCollections, type RebuildTarget, targetFlow } from './rebuild-target.ts';
import { withScratch } from './scratch.ts';
import { isEmptyMirror } from './tree.ts';

/** What the steps of a rebuild work with. */
export interface RebuildDependencies {
  readonly database: Database;
  readonly leases: Leases;
  readonly plans: Plans;
  readonly receipts: Receipts;
  readonly quarantine: Quarantine;
  readonly rebuilds: RebuildLedger;
  readonly now: () => Date;
}

/** One step's right to work, and how it says that it is alive. */
export interface StepContext {
  readonly flow: ArgoFlow;
  readonly target: RebuildTarget;
  readonly run: string;
  readonly fence: Fence;
  readonly signal: AbortSignal;
  readonly onTick: () => void;
}

/** A rebuild that can be loaded, or whose load only waits for its swap. */
export interface BegunRebuild {
  readonly rebuild: string;
  readonly target: RebuildTarget;
  readonly plan: PlanHeader;
  /** First page that did not end. */
  readonly from: number;
  /** What the pages before it came to. */
  readonly before: PageOutcome;
  /** Runs that worked on it, this one included. */
  readonly runs: number;
  readonly isLoaded: boolean;
  readonly startedAt: string;
}

/**
 * Begins a rebuild, or takes up the one that an earlier run left: with the same plan when nobody wrote in between, with a new plan otherwise;
 * what the rebuild has made and is still right is not made again either way.
 */
export async function beginRebuild(
  use: RebuildDependencies,
  context: StepContext,
  options: { readonly isFresh: boolean; readonly acceptsEmptyMirror: boolean },
): Promise<BegunRebuild> {
  const { flow, target, run, fence } = context;
  const last = await use.rebuilds.last(flow.name, target);
  if (last?.state === 'swapping') return await begun(use, last, await knownPlan(use, last), true);
  if (!options.acceptsEmptyMirror && (await isEmptyMirror(flow.mirror))) throw emptyMirror(flow.mirror);

  const isTakenUp = last !== null && isUnfinished(last, flow) && (last.rebuild === run || !options.isFresh);
  const rebuild = isTakenUp ? last : await beginAnew(use, context, last);
  await use.leases.assertHeld(fence);
  if (target === 'beside' && rebuild.plan === null) await clearBeside(use, context, rebuild);
  const to = targetFlow(flow, target);
  await applyCollections(use.database.products(to.database), argoCollections(to.collections));

  const runs = rebuild.runs + (fence.epoch === rebuild.epoch ? 0 : 1);
  const known = rebuild.plan !== null && isUntouchedSince(rebuild, fence) ? await use.plans.header(rebuild.plan) : null;
  if (known !== null) {
    await use.rebuilds.note(rebuild, { epoch: fence.epoch, runs });
    return await begun(use, { ...rebuild, runs }, known, false);
  }
  const { plan, summary } = await storePlan(use, context, rebuild.plan !== null);
  const progress = { plan: plan.plan, summary, epoch: fence.epoch, runs };
  await use.rebuilds.note(rebuild, progress);
  return await begun(use, { ...rebuild, ...progress }, plan, false);
}

const isUnfinished = (last: Rebuild, flow: ArgoFlow): boolean => last.state === 'loading' && last.recipe === recipeOf(flow);

async function begun(use: RebuildDependencies, rebuild: Rebuild, plan: PlanHeader, isLoaded: boolean): Promise<BegunRebuild> {
  const from = (await use.plans.firstOpen(plan.plan)) ?? plan.pages;
  const { pagesOpen: _, ...before } = await use.plans.outcome(plan.plan, from);
  const { rebuild: id, target, runs, startedAt } = rebuild;
  return { rebuild: id, target, plan, from, before, runs, isLoaded, startedAt: startedAt.toISOString() };
}

/** The header of the plan a swap belongs to; only numbers for the record, should the plan itself have expired. */
async function knownPlan({ plans }: RebuildDependencies, { flow, plan, summary }: Rebuild): Promise<PlanHeader> {
  const header = plan === null ? null : await plans.header(plan);
  return header ?? { plan: plan ?? '', flow, pages: 0, items: summary?.profiles ?? 0 };
}

async function beginAnew(
  { rebuilds, database, leases, now }: RebuildDependencies,
  context: StepContext,
  last: Rebuild | null,
): Promise<Rebuild> {
  const { flow, target, run, fence } = context;
  const ours = last !== null && isOfCollections(last, flow) ? last : null;
  if (target === 'beside') await assertFree(database, flow, ours);
  const rebuild: Rebuild = {
    flow: flow.name,
    target,
    rebuild: run,
    state: 'loading',
    step: null,
    plan: null,
    summary: null,
    epoch: fence.epoch,
    recipe: recipeOf(flow),
    startedAt: now(),
    runs: 1,
    old: ours?.old ?? [],
  };
  await leases.assertHeld(fence);
  await rebuilds.begin(rebuild, last);
  return rebuild;
}

/** Collections of these names that no rebuild of ours made are somebody's. */
async function assertFree(database: Database, flow: ArgoFlow, last: Rebuild | null): Promise<void> {
  const names = await namesIn(database.products(flow.database));
  const next = Object.values(besideCollections(flow));
  const old = Object.values(oldCollections(flow));
  const foreign = [
    ...next.filter((name) => names.has(name) && last?.state !== 'loading'),
    ...old.filter((name) => names.has(name) && last?.old.includes(name) !== true),
  ];
  if (foreign.length === 0) return;
  throw new Failure({
    kind: 'stop',
    code: 'name_taken',
    happened: `${foreign.map((name) => `${flow.database}.${name}`).join(' and ')}: there already, and no rebuild of flow ${flow.name} made it`,
    expected: 'free names for the collections beside the live ones',
    remedy: 'Rename or drop them, or rebuild without --beside',
  });
}

/** Room for a load beside the live collections: what earlier ones left goes. As soon as there is a plan, what is there is of this rebuild. */
async function clearBeside(
  { database, rebuilds, receipts, quarantine, leases }: RebuildDependencies,
  context: StepContext,
  rebuild: Rebuild,
) {
  const { flow, fence, signal, onTick } = context;
  const db = database.products(flow.database);
  const beside = targetFlow(flow, 'beside');
  const names = await namesIn(db);
  const may = async (): Promise<void> => {
    onTick();
    signal.throwIfAborted();
    await leases.assertHeld(fence);
    await rebuilds.assertAt(rebuild);
  };
  for (const name of [...Object.values(besideCollections(flow)), ...rebuild.old]) {
    if (!names.has(name)) continue;
    await may();
    await within(`dropping ${name}`, () => db.dropCollection(name));
  }
  await receipts.removeAll(beside.name, may);
  await may();
  await quarantine.forget(beside.name);
  await rebuilds.note(rebuild, { old: [] });
}

async function storePlan(
  use: RebuildDependencies,
  context: StepContext,
  isAgain: boolean,
): Promise<{ readonly plan: PlanHeader; readonly summary: RebuildSummary }> {
  const { flow, target, run, fence, onTick } = context;
  const to = targetFlow(flow, target);
  // Beside, what was made of profiles that have gone since must go too. Live, nights have seen to that.
  const more = target === 'beside' && isAgain ? madeBefore(use, to) : nothing();
  return await withRebuildPlan(context, more, async ({ summary, pages }) => {
    // The epoch, so that a run that is begun again after its end does not find its pages done.
    const plan = await use.plans.store(`rebuild-${run}-${fence.epoch}`, to.name, planPages(pages()), use.now(), onTick);
    return { plan, summary };
  });
}

async function* madeBefore({ receipts, quarantine }: RebuildDependencies, to: ArgoFlow): AsyncGenerator<readonly ProfileKey[]> {
  for await (const batch of receipts.all(to.name)) yield batch.flatMap(({ item }) => parseKeyText(item) ?? []);
  for await (const batch of quarantine.open(to.name)) yield batch.flatMap(({ item }) => parseKeyText(item) ?? []);
}

async function* nothing(): AsyncGenerator<readonly ProfileKey[]> {}

/** What a rebuild would load, looked up without writing anything but a scratch file beside the mirror. */
export const withRebuildPlan = <T>(
  { flow, signal, onTick }: Pick<StepContext, 'flow' | 'signal' | 'onTick'>,
  more: RebuildSource['more'] | null,
  read: (plan: RebuildPages) => Promise<T>,
): Promise<T> =>
  withScratch(flow, async (scratch) => {
    const source = { platforms: platformProfiles(flow.mirror, signal), more: more ?? nothing() };
    const into = join(scratch, 'planned.sorted');
    return await read(await planRebuild(source, { into, scratch, signal, batchSize: flow.load.batch, onTick }));
  });
