import type { Quarantine } from '../stores/quarantine.ts';
import type { Receipt, Receipts } from '../stores/receipts.ts';
import type { ArgoDocument } from './documents.ts';
import type { Products } from './products.ts';

/** What a loader wrote, or was about to write, when it learned that its lease had gone. */
export interface LateWrites {
  readonly flow: string;
  readonly documents: readonly ArgoDocument[];
  /** The receipts for them, whether they were recorded or not. */
  readonly receipts: readonly Receipt[];
}

/**
 * Takes back what a stopped loader added late for profiles that another run has removed meanwhile; nothing newer was there to refuse it.
 *
 * Only this loader's own writes are touched, known by their times. A document that counts has a receipt, and a receipt that counts has a
 * document; those stay, also when they are this loader's: others may have relied on them.
 */
export async function takeBack(products: Products, receipts: Receipts, late: LateWrites): Promise<void> {
  const items = late.receipts.map(({ item }) => item);
  const known = await receipts.find(late.flow, items);
  const proven = new Set([...known.values()].map(({ product }) => product));
  await products.removeWritten(late.documents.filter(({ _id }) => !proven.has(_id)));

  const mine = late.receipts.filter(({ item, run, at }) => {
    const found = known.get(item);
    return found?.run === run && found.at.getTime() === at.getTime();
  });
  const there = await products.idsAmong(mine.map(({ product }) => product));
  await receipts.removeWritten(mine.filter(({ product }) => !there.has(product)));
}

/** Entries that a stopped loader opened, or was about to, when it learned that its lease had gone. */
export interface LateEntries {
  readonly flow: string;
  readonly items: readonly string[];
  readonly run: string;
  /** When they were decided on. */
  readonly at: Date;
}

/** Takes back entries that were opened late for profiles which another run has brought home since. */
export async function takeBackEntries(quarantine: Quarantine, receipts: Receipts, { flow, items, run, at }: LateEntries): Promise<void> {
  const known = await receipts.find(flow, items);
  const home = [...known.values()].filter((receipt) => receipt.at > at).map(({ item }) => item);
  await quarantine.removeWritten(flow, home, run, at);
}
