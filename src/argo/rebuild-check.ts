import { join } from 'node:path';
import type { LateGuard } from '../stores/late-guard.ts';
import type { Fence } from '../stores/leases.ts';
import { within } from '../stores/mongo.ts';
import type { PlanHeader } from '../stores/plans.ts';
import type { QuarantineEntry } from '../stores/quarantine.ts';
import type { Receipt } from '../stores/receipts.ts';
import { withSignsOfLife } from '../transfer/signs-of-life.ts';
import type { ArgoFlow } from './flow.ts';
import { parseKeyText } from './names.ts';
import { Products, profileIds } from './products.ts';
import { type AccountLine, addUpAccounts, leftoverIds, sortAccounts } from './rebuild-accounts.ts';
import type { RebuildDependencies, StepContext } from './rebuild-begin.ts';
import { type Balance, unaccountedOf } from './rebuild-record.ts';
import { type RebuildTarget, targetFlow } from './rebuild-target.ts';
import { withScratch } from './scratch.ts';
import { groupsOf } from './tree.ts';

/** What the mirror, the receipts and the collection say of each other when all pages have ended. */
export interface CheckedRebuild {
  readonly balance: Balance;
  /** The ids of documents that no file accounts for, as pages; null: none. */
  readonly leftovers: PlanHeader | null;
  /** Receipts of profiles that the mirror does not hold any more. */
  readonly staleReceipts: number;
  /** Documents in the live collection; null: it is what was rebuilt. */
  readonly documentsLive: number | null;
  /** What a person has to decide; null: nothing. */
  readonly question: string | null;
}

const LEFTOVERS_PAGE = 1000;

/** Compares what was planned with what is there. Memory does not grow with the archive. */
export async function checkRebuild(
  use: RebuildDependencies,
  context: StepContext,
  { rebuild, plan, look }: { readonly rebuild: string; readonly plan: string; readonly look: number },
): Promise<CheckedRebuild> {
  const { flow, target, run, fence, signal, onTick } = context;
  const to = targetFlow(flow, target);
  const last = await use.rebuilds.last(flow.name, target);
  const planned = last?.summary?.profiles ?? 0;
  const outcome = await use.plans.outcome(plan);
  return await withScratch(flow, async (scratch) => {
    const into = join(scratch, 'accounts.sorted');
    const counts = { rejected: 0, staleReceipts: 0, foreign: 0 };
    const work = async () => {
      await sortAccounts(accountLines(use, context, to, rebuild, counts), { into, scratch, signal });
      return await addUpAccounts(into);
    };
    const accounts = await withSignsOfLife(work(), onTick);
    // Beside, profiles that went before this plan are removed too: they were never part of what is planned now.
    const removed = Math.min(outcome.removed, Math.max(0, planned - accounts.items - counts.rejected));
    const balance: Balance = { ...accounts, planned, rejected: counts.rejected, removed, foreign: counts.foreign };
    const leftovers =
      accounts.leftovers.count === 0
        ? null
        : await use.plans.store(`leftovers-${run}-${fence.epoch}-${look}`, to.name, idPages(into), use.now(), onTick);
    const documentsLive = target === 'live' ? null : await withSignsOfLife(countOf(use, flow), onTick);
    return { balance, leftovers, staleReceipts: counts.staleReceipts, documentsLive, question: questionOf(flow, balance, documentsLive) };
  });
}

async function* accountLines(
  use: RebuildDependencies,
  { signal, fence }: StepContext,
  to: ArgoFlow,
  rebuild: string,
  counts: { rejected: number; staleReceipts: number; foreign: number },
): AsyncGenerator<readonly AccountLine[], void, undefined> {
  for await (const batch of use.receipts.all(to.name)) {
    signal.throwIfAborted();
    const older = batch.filter(({ run }) => run !== rebuild);
    const open = await use.quarantine.openAmong(
      to.name,
      older.map(({ item }) => item),
    );
    counts.staleReceipts += older.filter(({ item }) => !open.has(item)).length;
    yield batch.flatMap(({ run, item, product: id }): AccountLine[] => {
      if (run === rebuild) return [{ sign: 'made', id, item }];
      return open.has(item) ? [{ sign: 'kept', id, item }] : [];
    });
  }
  for await (const batch of use.quarantine.open(to.name)) {
    const rejected = await rejectedOf(use, { to, rebuild, fence }, batch);
    counts.rejected += rejected.length;
    yield rejected.map((item): AccountLine => ({ sign: 'kept', id: item.slice(item.indexOf('/') + 1), item }));
  }
  for await (const batch of profileIds(use.database, to)) {
    signal.throwIfAborted();
    const ids = batch.filter((id) => typeof id === 'string');
    counts.foreign += batch.length - ids.length;
    yield ids.map((id): AccountLine => ({ sign: 'there', id }));
  }
}

/** Of these open entries, the items that the rebuild did not make; those whose files have gone are closed. */
async function rejectedOf(
  { receipts, quarantine, leases, now }: RebuildDependencies,
  { to, rebuild, fence }: { readonly to: ArgoFlow; readonly rebuild: string; readonly fence: Fence },
  entries: readonly QuarantineEntry[],
): Promise<readonly string[]> {
  const known = await receipts.find(
    to.name,
    entries.map(({ item }) => item),
  );
  const rejected: string[] = [];
  const gone: string[] = [];
  for (const { item, lastRun } of entries) {
    if (known.get(item)?.run === rebuild) continue;
    if (lastRun === rebuild || (await isInMirror(to.mirror, item))) rejected.push(item);
    else gone.push(item);
  }
  if (gone.length > 0) await leases.assertHeld(fence);
  await quarantine.close(to.name, gone, 'removed', now());
  return rejected;
}

async function isInMirror(mirror: string, item: string): Promise<boolean> {
  const key = parseKeyText(item);
  if (key === null) return false;
  const { load } = await groupsOf(mirror, { wmo: key.wmo, profiles: [key] });
  return load.some(({ dac }) => dac === key.dac);
}

async function* idPages(file: string) {
  let items: string[] = [];
  for await (const id of leftoverIds(file)) {
    items.push(id);
    if (items.length < LEFTOVERS_PAGE) continue;
    yield { items, count: items.length };
    items = [];
  }
  if (items.length > 0) yield { items, count: items.length };
}

const countOf = ({ database }: RebuildDependencies, { database: name, collections }: ArgoFlow): Promise<number> =>
  within(`counting ${collections.argo}`, () => database.products(name).collection(collections.argo).countDocuments());

/** Documents in place of others must be all of them. Pure. */
export function questionOf({ deletions, collections }: ArgoFlow, balance: Balance, documentsLive: number | null): string | null {
  const { documents, leftovers, missing } = balance;
  const isMuch = (count: number, of: number): boolean => count > deletions.floor && count > deletions.share * of;
  if (isMuch(leftovers.count, documents)) {
    return `${leftovers.count} of ${documents} documents come from no file of the mirror, such as ${leftovers.sample.slice(0, 3).join(', ')}. They are to be removed. Look whether the mirror is whole.`;
  }
  if (documentsLive === null) return null;
  if (missing.count > 0) return `${missing.count} documents were made and are not there any more, such as ${missing.sample[0]}.`;
  const unaccounted = unaccountedOf(balance);
  if (unaccounted > 0) return `${unaccounted} of ${balance.planned} planned profiles were neither made nor rejected.`;
  const fewer = documentsLive - documents + leftovers.count;
  if (!isMuch(fewer, documentsLive)) return null;
  return `The new collection holds ${documents - leftovers.count} documents, ${fewer} fewer than the ${documentsLive} of ${collections.argo}, which it is to take the place of.`;
}

/** Receipts that can stand for a document of the flow: flows do not share collections, so those of others say nothing of it. */
const ownNames = (flow: ArgoFlow): readonly string[] => [flow.name, targetFlow(flow, 'beside').name];

/** The proof, looked at again: what the rebuild has made meanwhile stays. Pure. */
export function unclaimed(
  ids: readonly string[],
  holders: readonly Pick<Receipt, 'flow' | 'product' | 'run'>[],
  { flow, target, rebuild }: { readonly flow: ArgoFlow; readonly target: RebuildTarget; readonly rebuild: string },
): readonly string[] {
  const to = targetFlow(flow, target).name;
  const claims = holders.filter((holder) => holder.flow === to && holder.run === rebuild);
  const claimed = new Set(claims.map(({ product }) => product));
  return ids.filter((id) => !claimed.has(id));
}

/** Removes the documents that no file accounts for, and the receipts of profiles that the mirror does not hold. Answers how many documents went. */
export async function removeLeftovers(
  { database, plans, receipts, quarantine, leases, now }: RebuildDependencies,
  { flow, target, fence, signal, onTick }: StepContext,
  rebuild: string,
  { leftovers, staleReceipts }: Pick<CheckedRebuild, 'leftovers' | 'staleReceipts'>,
): Promise<number> {
  const to = targetFlow(flow, target);
  const products = new Products(database, to, { isPatienceOver: false });
  const guardNow = (): LateGuard => ({ asOf: now(), confirm: () => leases.assertHeld(fence) });
  let removed = 0;
  for await (const { items: ids } of leftovers === null ? [] : plans.pages(leftovers.plan)) {
    onTick();
    signal.throwIfAborted();
    const guard = guardNow();
    const gone = unclaimed(ids, await receipts.holdersAmong(ownNames(flow), ids), { flow, target, rebuild });
    await leases.assertHeld(fence);
    removed += await products.removeProfiles(gone, guard);
  }
  if (staleReceipts === 0) return removed;
  for await (const batch of receipts.all(to.name)) {
    onTick();
    signal.throwIfAborted();
    const guard = guardNow();
    const older = batch.filter(({ run }) => run !== rebuild).map(({ item }) => item);
    const open = await quarantine.openAmong(to.name, older);
    await leases.assertHeld(fence);
    await receipts.remove(
      to.name,
      older.filter((item) => !open.has(item)),
      guard,
    );
  }
  return removed;
}
