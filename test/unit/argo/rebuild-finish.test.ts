import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { argoFlowSchema } from '../../../src/argo/flow.ts';
import { type SwapDependencies, swapRebuild } from '../../../src/argo/rebuild-finish.ts';
import type { Rebuild } from '../../../src/argo/rebuild-ledger.ts';
import { Failure } from '../../../src/errors.ts';

const NOW = new Date('2026-03-01T06:00:00Z');
const flow = argoFlowSchema.parse({ name: 'argo', kind: 'argo', upstream: { rsync: 'rsync://127.0.0.1:1/argo/' }, mirror: '/nowhere' });
const context = { flow, fence: { flow: 'argo', epoch: 1 }, signal: new AbortController().signal, onTick: () => {} };

/** A swap whose collections are exchanged; live are receipts a and b, beside them b and c. In memory. */
function halfSwapped() {
  let last: Rebuild = {
    flow: 'argo',
    target: 'beside',
    rebuild: 'r',
    state: 'swapping',
    step: 'clear receipts',
    plan: null,
    summary: null,
    epoch: 1,
    recipe: '',
    startedAt: NOW,
    runs: 1,
    old: [],
  };
  const isAt = (known: Rebuild): boolean => known.state === last.state && known.step === last.step;
  const overtaken = () => new Failure({ kind: 'again', code: 'rebuild_overtaken', happened: 'overtaken' });
  const receipts = new Map([
    ['argo', new Set(['a', 'b'])],
    ['argo:next', new Set(['b', 'c'])],
  ]);
  const of = (name: string): Set<string> => receipts.get(name) ?? new Set();
  const use: SwapDependencies = {
    database: { products: () => assert.fail('the collections are exchanged already') },
    leases: { assertHeld: async () => {} },
    receipts: {
      removeAll: async (name, before) => {
        for (const item of [...of(name)]) {
          await before();
          of(name).delete(item);
        }
      },
      moveAll: async (from, to, { confirm }) => {
        for (const item of [...of(from)]) {
          await confirm();
          of(to).add(item);
          of(from).delete(item);
        }
      },
      find: async () => new Map(),
    },
    quarantine: {
      open: async function* () {},
      openAmong: async () => new Set(),
      close: async () => 0,
      put: async () => {},
      forget: async () => {},
    },
    rebuilds: {
      last: async () => last,
      advance: async (from, to) => {
        if (!isAt(from)) throw overtaken();
        last = { ...from, ...to };
        return last;
      },
      assertAt: async (known) => {
        if (!isAt(known)) throw overtaken();
      },
    },
    now: () => NOW,
  };
  return { use, ends: () => ({ state: last.state, live: [...of('argo')].toSorted(), beside: [...of('argo:next')] }) };
}

const SWAPPED = { state: 'done', live: ['b', 'c'], beside: [] };

describe('an attempt at a swap that is taken for dead', () => {
  it('takes nothing back from the attempt that completed the swap meanwhile, whenever it was stopped and wakes under the same lease', async () => {
    let overtaken = 0;
    for (let moment = 1; overtaken === moment - 1; moment += 1) {
      const { use, ends } = halfSwapped();
      let looks = 0;
      const assertHeld = async (): Promise<void> => {
        looks += 1;
        if (looks === moment) await swapRebuild(use, context);
      };
      await swapRebuild({ ...use, leases: { assertHeld } }, context).catch((error: unknown) => {
        assert.match(String(error), /overtaken/);
        overtaken += 1;
      });

      assert.deepEqual(ends(), SWAPPED, `stopped at moment ${moment}`);
    }
    assert.ok(overtaken > 5, `${overtaken} moments`);
  });

  it('does not begin a step again that another attempt has finished', async () => {
    const { use, ends } = halfSwapped();
    const removeAll: SwapDependencies['receipts']['removeAll'] = async (name, before) => {
      await use.receipts.removeAll(name, before);
      await swapRebuild(use, context);
    };

    await assert.rejects(swapRebuild({ ...use, receipts: { ...use.receipts, removeAll } }, context), /overtaken/);

    assert.deepEqual(ends(), SWAPPED);
  });
});
