import type { Receipts } from '../stores/receipts.ts';
import type { ArgoFlow } from './flow.ts';
import { choose } from './load.ts';
import { keyText } from './names.ts';
import { isProvenBy } from './prepare.ts';
import { factsOf } from './read.ts';

/** How profiles stand before they are loaded. */
export interface Standing {
  /** Their receipts match the files. */
  readonly current: number;
  /** They would be loaded whether or not that is forced. */
  readonly stale: number;
  /** No file that can be loaded is left: they would be removed. */
  readonly gone: number;
}

/** Compares the receipts of profiles with the files the mirror holds now. Nothing is written. */
export async function standingOf(flow: ArgoFlow, items: readonly string[], receipts: Pick<Receipts, 'find'>): Promise<Standing> {
  const { load, gone } = await choose(flow.mirror, items);
  const known = await receipts.find(flow.name, load.map(keyText));
  let current = 0;
  for (const group of load) {
    const receipt = known.get(keyText(group));
    const facts = receipt === undefined ? null : await factsOf(flow.mirror, group.files);
    if (receipt !== undefined && facts !== null && isProvenBy(receipt, facts)) current += 1;
  }
  return { current, stale: load.length - current, gone: gone.length };
}
