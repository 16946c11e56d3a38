import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changersOf, firstJob, jobsOf, requireJob, unknownJob } from '../../../src/cli/lookup.ts';
import { requireQuarantine, requireWidth } from '../../../src/cli/steerable.ts';
import type { Flow } from '../../../src/config/flow.ts';
import { parseFlow } from '../../../src/config/flow-text.ts';
import { kinds } from '../../../src/kinds.ts';
import { ooiFlowSchema, ooiFormOf } from '../../../src/ooi/flow.ts';

const argo = parseFlow('{"name":"argo","kind":"argo","upstream":{"rsync":"h::argo"},"mirror":"/m"}', '/srv/flows/argo.yaml', kinds);
const read = (text: string): Flow => parseFlow(text, '/srv/flows/ooi.yaml', [{ kind: 'ooi', schema: ooiFlowSchema, formOf: ooiFormOf }]);
const stream = read(`name: ctd
kind: ooi
instrument: CE02SHBP-LJ01D-06-CTDBPN106
stream: { method: streamed, name: ctdbp_no_sample }
store: { place: stores/ooi }
`);
const set = read('name: all\nkind: ooi\nstreams: all\nstore: { place: stores/ooi }\n');

describe('the jobs that are meant where none is named', () => {
  it('are those that change products, also where each guards its changes by itself', () => {
    assert.deepEqual(changersOf('ooi').slice(0, 4), ['harvest', 'refresh', 'harvestAll', 'rollback']);
    assert.deepEqual(jobsOf('ooi', 'read'), ['verify']);
    assert.ok(changersOf('argo').includes('mirror'));
  });

  it('begin with one that the flow has: a set is not told to harvest as a stream', () => {
    assert.deepEqual([firstJob(stream), firstJob(set)], ['harvest', 'harvestAll']);
  });
});

describe('the width of what a flow works on', () => {
  it('is that of its batches, or of the streams of a set', () => {
    assert.deepEqual([requireWidth(argo, null), requireWidth(argo, 'mirror'), requireWidth(set, null)], ['batches', 'batches', 'streams']);
  });

  for (const [flow, job, happened] of [
    [stream, null, 'Flow ctd works on one thing at a time, and has no width'],
    [set, 'catalog', 'catalog of all works on one thing at a time, and has no width'],
  ] as const)
    it(`is refused for ${job ?? 'any job'} of ${flow.name}, with a sentence`, () => {
      assert.throws(() => requireWidth(flow, job), { code: 'usage', happened });
    });
});

describe('the quarantine', () => {
  it('is of flows that load items', () => {
    requireQuarantine(argo);

    assert.throws(() => requireQuarantine(stream), {
      code: 'usage',
      happened: 'Flow ctd is of kind ooi, which keeps nothing in quarantine',
    });
  });
});

describe('a job that is named', () => {
  it('and that the flow does not have is refused with those it has', () => {
    assert.throws(() => requireJob(set, 'harvest'), /Flow all has no job "harvest"\. Known jobs: harvestAll, metadata,/);
  });

  it('and that is misspelt is refused with the one that is meant', () => {
    assert.match(unknownJob(stream, 'harvst').message, /^Flow ctd has no job "harvst"\. Did you mean harvest\?$/);
  });

  it('and that no stream has is refused with those of a stream alone', () => {
    assert.match(unknownJob(stream, 'mirror').message, /^Flow ctd has no job "mirror"\. Known jobs: harvest, refresh, rollback, verify\.$/);
  });

  it('and that the flow has is taken', () => {
    requireJob(stream, 'verify');
    requireJob(stream, null);
  });
});
