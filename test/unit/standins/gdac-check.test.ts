import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { check, type Documents, isRight } from '../../../standins/gdac/check.ts';
import type { FoundDocument } from '../../../standins/gdac/compare.ts';
import { expectedProfiles } from '../../../standins/gdac/expected.ts';

const STATE = { seed: 1, floats: 9, cyclesPerFloat: 12, night: 2 };

/** A collection in memory. */
const documents = (held: ReadonlyMap<string, FoundDocument>): Documents => ({
  byIds: async (ids) => ids.map((id) => held.get(id)).filter((document) => document !== undefined),
  count: async () => held.size,
});

/** What a faultless loader has written by the end of a night, one metadata document a profile. */
function loaded(night: number): { readonly argo: Map<string, FoundDocument>; readonly argoMeta: Map<string, FoundDocument> } {
  const argo = new Map<string, FoundDocument>();
  const argoMeta = new Map<string, FoundDocument>();
  for (const { outcome } of expectedProfiles(STATE, night)) {
    if (outcome.state !== 'document') continue;
    const id = `${outcome.argoMeta.platform}_m${argo.size}`;
    argo.set(outcome.argo._id, { ...outcome.argo, metadata: [id], date_updated_argovis: new Date() });
    argoMeta.set(id, { ...outcome.argoMeta, _id: id });
  }
  return { argo, argoMeta };
}

describe('checking a database against the stand-in', () => {
  it('finds a faultless load equal, rejections counted', async () => {
    const { argo, argoMeta } = loaded(2);

    const result = await check(STATE, documents(argo), documents(argoMeta));

    assert.ok(isRight(result), JSON.stringify(result));
    assert.deepEqual(result.different, []);
    assert.equal(result.equal, result.checked);
    assert.equal(result.checked, argo.size + Object.values(result.rejected).reduce((sum, count) => sum + count, 0));
    assert.deepEqual(result.rejected, { unreadable_file: 2 });
  });

  it('names what is missing, what differs and what should be gone', async () => {
    const { argo, argoMeta } = loaded(2);
    const [first, second] = [...argo.keys()];
    const gone = [...loaded(0).argo].find(([id]) => !argo.has(id));
    assert.ok(first !== undefined && second !== undefined && gone !== undefined);
    argo.delete(first);
    argo.set(second, { ...argo.get(second), basin: 99 });
    argo.set(...gone);
    argo.set('stranger_001', {});

    const result = await check(STATE, documents(argo), documents(argoMeta));

    assert.deepEqual([result.missing, result.differing, result.extra, isRight(result)], [1, 1, 2, false]);
    assert.match(result.different[0] ?? '', new RegExp(`${first}: expected a document, found none`));
    assert.match(result.different[1] ?? '', new RegExp(`${second}: argo.basin: expected -?\\d+, found 99`));
    assert.match(result.different[2] ?? '', new RegExp(`${gone[0]}: its files were deleted, its document is still there`));
    assert.match(result.different[3] ?? '', /documents that nobody expects: 2\./);
  });

  it('notices an older version that stayed', async () => {
    const { argo, argoMeta } = loaded(1);

    const result = await check(STATE, documents(argo), documents(argoMeta));

    assert.ok(result.differing > 0 && result.missing > 0 && result.extra > 0, JSON.stringify(result));
  });
});
