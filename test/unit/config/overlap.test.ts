import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refuseOverlap, refuseOverlapWith } from '../../../src/config/overlap.ts';

describe('flows that write to folders', () => {
  it('are refused when one folder is the other, or lies in it', () => {
    const one = { flow: 'one', folders: ['/data/argo', '/data/argo.journal'], collections: [] };

    assert.throws(() => refuseOverlap([one, { flow: 'two', folders: ['/data/argo'], collections: [] }]), {
      code: 'bad_configuration',
      message: /Flow one writes to \/data\/argo and flow two to \/data\/argo\. .*Give one of the flows another folder\./,
    });
    assert.throws(() => refuseOverlap([one, { flow: 'two', folders: ['/data/argo/sub/'], collections: [] }]), {
      code: 'bad_configuration',
    });
    assert.throws(() => refuseOverlap([one, { flow: 'two', folders: ['/data'], collections: [] }]), { code: 'bad_configuration' });
  });

  it('may have neighbours whose names begin alike', () => {
    const one = { flow: 'one', folders: ['/data/argo', '/data/argo.journal'], collections: [] };

    assert.doesNotThrow(() => refuseOverlap([one, { flow: 'two', folders: ['/data/argo2', '/data/argo2.journal'], collections: [] }]));
  });
});

describe('flows that write to collections', () => {
  const one = { flow: 'one', folders: ['/data/one'], collections: ['argo.argo', 'argo.argoMeta'] };

  it('are refused when they share one: the rebuild of either would remove the documents of the other', () => {
    assert.throws(() => refuseOverlap([one, { flow: 'two', folders: ['/data/two'], collections: ['argo.other', 'argo.argoMeta'] }]), {
      code: 'bad_configuration',
      message: /Flows one and two both write to argo\.argoMeta\. .*Give one of the flows another database/,
    });
  });

  it('may share a database, or the names of collections in two', () => {
    const others = [
      { flow: 'two', folders: ['/data/two'], collections: ['argo.two', 'argo.twoMeta'] },
      { flow: 'three', folders: ['/data/three'], collections: ['three.argo', 'three.argoMeta'] },
    ];
    assert.doesNotThrow(() => refuseOverlap([one, ...others]));
  });
});

describe('a flow that is to run', () => {
  const placesOf = (flow: string, at: string) => ({ flow, folders: [`/data/${at}`], collections: [`${at}.argo`] });

  it('is refused for another one that writes to its places, and for nothing else', () => {
    const [one, two, three] = [placesOf('one', 'a'), placesOf('two', 'b'), placesOf('three', 'b')];

    assert.throws(() => refuseOverlapWith(two, [one, two, three]), {
      code: 'bad_configuration',
      message: /Flows two and three both write/,
    });
    assert.doesNotThrow(() => refuseOverlapWith(one, [one, two, three]));
  });
});
