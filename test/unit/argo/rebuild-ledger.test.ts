import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ArgoFlow, argoFlowSchema } from '../../../src/argo/flow.ts';
import { isOfCollections, recipeOf } from '../../../src/argo/rebuild-ledger.ts';

const flowOf = (more: object = {}): ArgoFlow =>
  argoFlowSchema.parse({ name: 'argo', kind: 'argo', upstream: { rsync: 'rsync://127.0.0.1:1/argo/' }, mirror: '/nowhere', ...more });

describe('what a rebuild left is the flow’s to drop', () => {
  it('when it worked in the collections that the flow has now, whatever else has changed', () => {
    const rebuild = { recipe: recipeOf(flowOf({ mirror: '/elsewhere' })) };

    assert.equal(isOfCollections(rebuild, flowOf()), true);
  });

  it('and not when the flow has other collections, or another database, since: what has such a name there is somebody’s', () => {
    const rebuild = { recipe: recipeOf(flowOf()) };

    for (const more of [{ database: 'other' }, { collections: { argo: 'profiles' } }])
      assert.equal(isOfCollections(rebuild, flowOf(more)), false);
  });
});
