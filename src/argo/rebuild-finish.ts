import type { LateGuard } from '../stores/late-guard.ts';
import type { Leases } from '../stores/leases.ts';
import type { Database } from '../stores/mongo.ts';
import type { Quarantine, QuarantineEntry } from '../stores/quarantine.ts';
import type { Receipts } from '../stores/receipts.ts';
import type { StepContext } from './rebuild-begin.ts';
import type { Rebuild, RebuildLedger, SwapStep } from './rebuild-ledger.ts';
import { exchange, exchanges } from './rebuild-swap.ts';
import { oldCollections, targetFlow } from './rebuild-target.ts';

const STEPS: readonly SwapStep[] = ['collections', 'clear receipts', 'move receipts', 'quarantine'];

/** What a swap works with. */
export interface SwapDependencies {
  readonly database: Pick<Database, 'products'>;
  readonly leases: Pick<Leases, 'assertHeld'>;
  readonly receipts: Pick<Receipts, 'removeAll' | 'moveAll' | 'find'>;
  readonly quarantine: Pick<Quarantine, 'open' | 'openAmong' | 'close' | 'put' | 'forget'>;
  readonly rebuilds: Pick<RebuildLedger, 'last' | 'advance' | 'assertAt'>;
  readonly now: () => Date;
}

/**
 * Puts what was loaded beside in the place of what is live: collections first, then receipts, then quarantine. How far it came is noted, and
 * each step can be done twice, so whoever comes next completes a swap that was broken off. The collections taken out are kept.
 *
 * An attempt that was taken for dead may wake when another has gone on: the lease is then still its run's. So before each write it looks
 * whether the swap is still where it knows it to be; what live receipts it would clear then are those that were just moved in.
 */
export async function swapRebuild(use: SwapDependencies, context: Omit<StepContext, 'target' | 'run'>): Promise<void> {
  const { flow, fence, signal, onTick } = context;
  const last = await use.rebuilds.last(flow.name, 'beside');
  if (last === null || last.state === 'done') return;
  const next = targetFlow(flow, 'beside');
  let at = last;
  const may = async (): Promise<void> => {
    onTick();
    signal.throwIfAborted();
    await use.leases.assertHeld(fence);
    await use.rebuilds.assertAt(at);
  };
  await may();
  const begunAt = last.state === 'swapping' && last.step !== null ? STEPS.indexOf(last.step) : 0;
  for (const step of STEPS.slice(begunAt)) {
    at = await use.rebuilds.advance(at, { state: 'swapping', step });
    switch (step) {
      case 'collections':
        for (const one of exchanges(flow.collections, next.collections, oldCollections(flow)))
          await exchange(use.database.products(flow.database), one, may);
        break;
      case 'clear receipts':
        await use.receipts.removeAll(flow.name, may);
        break;
      case 'move receipts':
        await use.receipts.moveAll(next.name, flow.name, { asOf: use.now(), confirm: may });
        break;
      case 'quarantine':
        await moveQuarantine(use, flow.name, next.name, last, may);
        break;
    }
  }
  await use.rebuilds.advance(at, { state: 'done', step: null, old: Object.values(oldCollections(flow)) });
}

/** Completes a swap that an earlier run broke off; every job that writes begins with it. */
export async function completeSwap(use: SwapDependencies, context: Omit<StepContext, 'target' | 'run'>): Promise<void> {
  const last = await use.rebuilds.last(context.flow.name, 'beside');
  if (last?.state === 'swapping') await swapRebuild(use, context);
}

/** What was rejected beside is rejected now; what was in quarantine and was loaded beside, or is in the mirror no more, is closed. */
async function moveQuarantine(
  { quarantine, receipts, now }: SwapDependencies,
  flow: string,
  next: string,
  { rebuild }: Rebuild,
  may: () => Promise<void>,
): Promise<void> {
  const guard: LateGuard = { asOf: now(), confirm: may };
  for await (const batch of quarantine.open(flow)) {
    await may();
    const items = batch.filter(({ lastRun }) => lastRun !== rebuild).map(({ item }) => item);
    const rejected = await quarantine.openAmong(next, items);
    const home = await receipts.find(flow, items);
    const settled = items.filter((item) => !rejected.has(item));
    const [loaded, removed] = [settled.filter((item) => home.has(item)), settled.filter((item) => !home.has(item))];
    await quarantine.close(flow, loaded, 'loaded', now(), guard);
    await quarantine.close(flow, removed, 'removed', now(), guard);
  }
  for await (const batch of quarantine.open(next)) {
    await may();
    await quarantine.put(batch.map(rejectedOf(flow)), rebuild, now(), guard);
  }
  await may();
  await quarantine.forget(next);
}

const rejectedOf =
  (flow: string) =>
  ({ kind, item, files, code, message }: QuarantineEntry) => ({ flow, kind, item, files, code, message });
