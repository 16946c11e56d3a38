import type { QuarantineEntry } from '../stores/quarantine.ts';
import type { RebuildDependencies, StepContext } from './rebuild-begin.ts';
import type { Rebuild, SwapStep } from './rebuild-ledger.ts';
import { exchange, exchanges } from './rebuild-swap.ts';
import { oldCollections, targetFlow } from './rebuild-target.ts';

const STEPS: readonly SwapStep[] = ['collections', 'clear receipts', 'move receipts', 'quarantine'];

/**
 * Puts what was loaded beside in the place of what is live: collections first, then receipts, then quarantine. How far it came is noted, and
 * each step can be done twice, so whoever comes next completes a swap that was broken off. The collections taken out are kept.
 */
export async function swapRebuild(use: RebuildDependencies, context: Omit<StepContext, 'target' | 'run'>): Promise<void> {
  const { flow, fence, signal, onTick } = context;
  const last = await use.rebuilds.last(flow.name, 'beside');
  if (last === null || last.state === 'done') return;
  const next = targetFlow(flow, 'beside');
  const may = async (): Promise<void> => {
    onTick();
    signal.throwIfAborted();
    await use.leases.assertHeld(fence);
  };
  await may();
  const begunAt = last.state === 'swapping' && last.step !== null ? STEPS.indexOf(last.step) : 0;
  for (const step of STEPS.slice(begunAt)) {
    await use.rebuilds.note(last, { state: 'swapping', step });
    switch (step) {
      case 'collections':
        for (const one of exchanges(flow.collections, next.collections, oldCollections(flow)))
          await exchange(use.database.products(flow.database), one, may);
        break;
      case 'clear receipts':
        await use.receipts.removeAll(flow.name, may);
        break;
      case 'move receipts':
        await use.receipts.moveAll(next.name, flow.name, may);
        break;
      case 'quarantine':
        await moveQuarantine(use, flow.name, next.name, last, may);
        break;
    }
  }
  await use.rebuilds.note(last, { state: 'done', step: null, old: Object.values(oldCollections(flow)) });
}

/** Completes a swap that an earlier run broke off; every job that writes begins with it. */
export async function completeSwap(use: RebuildDependencies, context: Omit<StepContext, 'target' | 'run'>): Promise<void> {
  const last = await use.rebuilds.last(context.flow.name, 'beside');
  if (last?.state === 'swapping') await swapRebuild(use, context);
}

/** What was rejected beside is rejected now; what was in quarantine and was loaded beside, or is in the mirror no more, is closed. */
async function moveQuarantine(
  { quarantine, receipts, now }: RebuildDependencies,
  flow: string,
  next: string,
  { rebuild }: Rebuild,
  may: () => Promise<void>,
): Promise<void> {
  for await (const batch of quarantine.open(flow)) {
    await may();
    const items = batch.filter(({ lastRun }) => lastRun !== rebuild).map(({ item }) => item);
    const rejected = await quarantine.openAmong(next, items);
    const home = await receipts.find(flow, items);
    const settled = items.filter((item) => !rejected.has(item));
    await quarantine.close(
      flow,
      settled.filter((item) => home.has(item)),
      'loaded',
      now(),
    );
    await quarantine.close(
      flow,
      settled.filter((item) => !home.has(item)),
      'removed',
      now(),
    );
  }
  for await (const batch of quarantine.open(next)) {
    await may();
    await quarantine.put(batch.map(rejectedOf(flow)), rebuild, now());
  }
  await may();
  await quarantine.forget(next);
}

const rejectedOf =
  (flow: string) =>
  ({ kind, item, files, code, message }: QuarantineEntry) => ({ flow, kind, item, files, code, message });
