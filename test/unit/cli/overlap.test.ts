import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refuseOverlap } from '../../../src/cli/overlap.ts';

describe('flows that write to folders', () => {
  it('are refused when one folder is the other, or lies in it', () => {
    const one = { flow: 'one', folders: ['/data/argo', '/data/argo.journal'] };

    assert.throws(() => refuseOverlap([one, { flow: 'two', folders: ['/data/argo'] }]), {
      code: 'bad_configuration',
      message: /Flow one writes to \/data\/argo and flow two to \/data\/argo\. .*Give one of the flows another folder\./,
    });
    assert.throws(() => refuseOverlap([one, { flow: 'two', folders: ['/data/argo/sub/'] }]), { code: 'bad_configuration' });
    assert.throws(() => refuseOverlap([one, { flow: 'two', folders: ['/data'] }]), { code: 'bad_configuration' });
  });

  it('may have neighbours whose names begin alike', () => {
    const one = { flow: 'one', folders: ['/data/argo', '/data/argo.journal'] };

    assert.doesNotThrow(() => refuseOverlap([one, { flow: 'two', folders: ['/data/argo2', '/data/argo2.journal'] }]));
  });
});
