import { Failure } from '../errors.ts';
import type { Rebuild, RebuildLedger } from './rebuild-ledger.ts';

/**
 * For what reads or plans too little to complete a swap by itself.
 * @throws {Failure} `half_swapped` (stop): collections and receipts of the flow are not of one generation.
 */
export async function assertNotSwapping(rebuilds: Pick<RebuildLedger, 'last'>, flow: string): Promise<Rebuild | null> {
  const last = await rebuilds.last(flow, 'beside');
  if (last?.state !== 'swapping') return last;
  throw new Failure({
    kind: 'stop',
    code: 'half_swapped',
    happened: `A rebuild of flow ${flow} swaps its collections, or was ended while it did`,
    expected: 'collections and receipts of one generation',
    remedy: `Start this again when it is done. If no rebuild is at work: landfall run rebuild ${flow} --beside completes it, and the next night would too`,
  });
}

/**
 * Reads collections and receipts that a rebuild may exchange meanwhile; what was read of two generations is not answered.
 * @throws {Failure} `half_swapped` (stop); `swapped_meanwhile` (again): read anew.
 */
export async function betweenSwaps<T>(rebuilds: Pick<RebuildLedger, 'last'>, flow: string, read: () => Promise<T>): Promise<T> {
  const assertSame = await generationOf(rebuilds, flow);
  const found = await read();
  await assertSame();
  return found;
}

/**
 * Remembers which generation of the collections is read from now on; the answer tells whether they are still of it.
 * @throws {Failure} `half_swapped` (stop) at once; `swapped_meanwhile` (again) from the answer.
 */
export async function generationOf(rebuilds: Pick<RebuildLedger, 'last'>, flow: string): Promise<() => Promise<void>> {
  const before = await assertNotSwapping(rebuilds, flow);
  return async () => {
    const after = await rebuilds.last(flow, 'beside');
    const isKnown = after?.rebuild === before?.rebuild && after?.state === before?.state;
    if (after === null || after.state === 'loading' || isKnown) return;
    throw new Failure({
      kind: 'again',
      code: 'swapped_meanwhile',
      happened: `A rebuild of flow ${flow} has swapped its collections while they were read`,
      remedy: 'They are read anew',
    });
  };
}
