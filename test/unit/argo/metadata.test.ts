import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ArgoMetaContent } from '../../../src/argo/documents.ts';
import { chooseMetadata } from '../../../src/argo/metadata.ts';

const content: ArgoMetaContent = {
  data_type: 'oceanicProfile',
  instrument: 'profiling_float',
  platform: '13857',
  pi_name: ['One'],
  wmo_inst_type: '851',
  fleetmonitoring: 'https://host/13857',
  oceanops: 'https://host/13857',
};
const other: ArgoMetaContent = { ...content, wmo_inst_type: '0851' };

describe('chooseMetadata', () => {
  it('numbers the first description of a float 0', () => {
    assert.deepEqual(chooseMetadata([], content), { state: 'new', id: '13857_m0' });
  });

  it('finds the description that says the same', () => {
    const existing = [
      { _id: '13857_m0', ...other },
      { _id: '13857_m1', ...content },
    ];

    assert.deepEqual(chooseMetadata(existing, content), { state: 'existing', id: '13857_m1' });
  });

  it('does not look at the time of a load', () => {
    const existing = [{ _id: '13857_m0', ...content, date_updated_argovis: new Date(0) }];

    assert.deepEqual(chooseMetadata(existing, content), { state: 'existing', id: '13857_m0' });
  });

  it('takes the last one read of several that say the same', () => {
    const existing = [
      { _id: '13857_m0', ...content },
      { _id: '13857_m3', ...content },
    ];

    assert.deepEqual(chooseMetadata(existing, content), { state: 'existing', id: '13857_m3' });
  });

  it('never gives the number of another description again, even after one was deleted (R15)', () => {
    const existing = [{ _id: '13857_m10', ...other }];

    assert.deepEqual(chooseMetadata(existing, content), { state: 'new', id: '13857_m11' });
  });

  it('tells descriptions apart by a field that only one of them has', () => {
    const existing = [{ _id: '13857_m0', ...content, platform_type: 'APEX' }];

    assert.deepEqual(chooseMetadata(existing, content), { state: 'new', id: '13857_m1' });
  });
});
