import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FlowPlaces } from '../../../src/config/overlap.ts';
import { refuseOverlapWith } from '../../../src/config/overlap.ts';
import { overlapIndex } from '../../../src/config/overlap-index.ts';

const places = (flow: string, folders: readonly string[], more: Partial<FlowPlaces> = {}): FlowPlaces => ({
  flow,
  folders,
  collections: [],
  ...more,
});

const flows = [
  places('a', ['/data/a', '/data/a.journal']),
  places('inside', ['/data/a/deep/down']),
  places('above', ['/srv']),
  places('below', ['/srv/x/y']),
  places('alike', ['/data/a2'], { collections: ['argo.argo'] }),
  places('shares', ['/elsewhere'], { collections: ['argo.argo'] }),
  places('bucket', [], { stores: ['s3://b/t'] }),
  places('same-bucket', [], { stores: ['s3://b/t'] }),
  places('alone', ['/alone'], { collections: ['x.y'], stores: ['s3://b/u'] }),
];

const verdict = (check: () => void): string => {
  try {
    check();
    return 'fine';
  } catch (error) {
    return error instanceof Error ? (/Flows? \S+ (?:and|writes)/.exec(error.message)?.[0] ?? error.message) : 'unknown';
  }
};

describe('one flow held against an index of all places', () => {
  for (const one of flows) {
    it(`is judged as against every other one: ${one.flow}`, () => {
      const indexed = verdict(() => overlapIndex(flows).refuse(one));

      assert.equal(
        indexed,
        verdict(() => refuseOverlapWith(one, flows)),
      );
      assert.equal(indexed === 'fine', one.flow === 'alone');
    });
  }
});
