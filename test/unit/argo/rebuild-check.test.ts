import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { argoFlowSchema } from '../../../src/argo/flow.ts';
import { questionOf, unclaimed } from '../../../src/argo/rebuild-check.ts';

const flow = argoFlowSchema.parse({ name: 'argo', kind: 'argo', upstream: { rsync: 'rsync://127.0.0.1:1/argo/' }, mirror: '/nowhere' });
const held = (owner: string, run: string) => [{ flow: owner, product: '13857_001', run }];

describe('a leftover of a rebuild', () => {
  it('goes when nothing, or only an older load of the flow, stands for it', () => {
    for (const holders of [[], held('argo', 'night')]) {
      assert.deepEqual(unclaimed(['13857_001'], holders, { flow, target: 'live', rebuild: 'r' }), ['13857_001']);
    }
  });

  it('stays when the rebuild has made it meanwhile, live or beside', () => {
    assert.deepEqual(unclaimed(['13857_001'], held('argo', 'r'), { flow, target: 'live', rebuild: 'r' }), []);
    assert.deepEqual(unclaimed(['13857_001'], held('argo:next', 'r'), { flow, target: 'beside', rebuild: 'r' }), []);
  });

  it('is not kept by receipts of the other half of its flow: a rebuild beside looks at those beside alone', () => {
    assert.deepEqual(unclaimed(['13857_001'], held('argo', 'night'), { flow, target: 'beside', rebuild: 'r' }), ['13857_001']);
    assert.deepEqual(unclaimed(['13857_001'], held('argo:next', 'r'), { flow, target: 'live', rebuild: 'r' }), ['13857_001']);
  });

  it('goes whatever receipts another flow holds: its products lie in collections of its own', () => {
    assert.deepEqual(unclaimed(['13857_001'], held('coriolis-only', 'night'), { flow, target: 'live', rebuild: 'r' }), ['13857_001']);
  });
});

describe('a rebuild beside the live collections', () => {
  const nobody = { count: 0, sample: [] };
  const whole = {
    documents: 9,
    items: 9,
    made: 9,
    kept: 0,
    leftovers: nobody,
    twice: nobody,
    missing: nobody,
    planned: 10,
    rejected: 1,
    removed: 0,
    foreign: 0,
  };

  it('takes their place unasked when its books balance', () => {
    assert.equal(questionOf(flow, whole, 10), null);
  });

  it('asks before it takes their place when a planned profile was neither made nor rejected, however few are missing', () => {
    assert.match(questionOf(flow, { ...whole, rejected: 0 }, 10) ?? '', /^1 of 10 planned profiles were neither made nor rejected\./);
  });

  it('asks nothing of that when it loads into the live ones, where nothing is replaced', () => {
    assert.equal(questionOf(flow, { ...whole, rejected: 0 }, null), null);
  });
});
