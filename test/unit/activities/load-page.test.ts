import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import { loadActivities } from '../../../activities/argo/load.ts';
import { argoFlowSchema } from '../../../src/argo/flow.ts';
import type { PageOutcome } from '../../../src/stores/plans.ts';

const flow = argoFlowSchema.parse({ name: 'argo', kind: 'argo', upstream: { rsync: 'rsync://127.0.0.1:1/argo/' }, mirror: '/mirror' });
const page = {
  flow,
  plan: 'night',
  page: 0,
  run: 'run',
  fence: { flow: 'argo', epoch: 1 },
  isForced: false,
  acceptsEmptyMirror: false,
};
const outcome: PageOutcome = { loaded: 1, unchanged: 0, rejected: 0, removed: 0, bytes: 10 };

describe('A page of a plan', () => {
  it('gives signs of life while a chunk of it takes long', async () => {
    const environment = new MockActivityEnvironment();
    const loading = Promise.withResolvers<PageOutcome>();
    const heard: unknown[] = [];
    environment.on('heartbeat', (details) => {
      heard.push(details);
      if (heard.length === 2) loading.resolve(outcome);
    });
    const { loadPage } = loadActivities({
      plans: { page: async () => ({ items: ['aoml/13857_001'], outcome: null }), finish: async () => true },
      runs: { advance: async () => undefined },
      loader: { load: () => loading.promise },
      onOutcome: () => undefined,
      now: () => new Date(0),
      signsEveryMs: 1,
    });

    const loaded = await environment.run(loadPage, page);

    assert.deepEqual(loaded, outcome);
    assert.deepEqual(heard[0], { page: 0, done: 0, of: 1, attempt: 1 });
  });
});
