import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { argoFlowSchema } from '../../../src/argo/flow.ts';
import { nightToRedo, type RedoDependencies } from '../../../src/argo/redo.ts';
import { noOutcome } from '../../../src/stores/plans.ts';
import { noProgress, type Run } from '../../../src/stores/runs.ts';

const flow = argoFlowSchema.parse({ name: 'argo', kind: 'argo', upstream: { rsync: 'rsync://127.0.0.1:1/argo/' }, mirror: '/nowhere' });

const at = new Date('2026-03-01T06:00:00Z');
const run = (id: string, job: string): Run => ({
  run: id,
  flow: 'argo',
  kind: 'argo',
  job,
  workflowId: `${job}/argo`,
  startedAt: at,
  updatedAt: at,
  endedAt: at,
  health: 'ok',
  says: null,
  progress: noProgress,
  phaseSince: at,
  record: {},
});

/** A book of these runs, latest first; every night in it has a plan of one page. */
const book = (runs: readonly Run[]): RedoDependencies => ({
  runs: {
    latest: async (name, limit, jobs) =>
      runs.filter((one) => one.flow === name && (jobs === undefined || jobs.includes(one.job))).slice(0, limit),
  },
  plans: {
    header: async (plan) =>
      runs.some((one) => one.run === plan && one.job === 'mirror') ? { plan, flow: 'argo', pages: 1, items: 1 } : null,
    outcome: async () => ({ ...noOutcome, pagesOpen: 0 }),
    pages: async function* () {},
  },
  receipts: { find: async () => new Map() },
});

describe('the night to do again', () => {
  it('is found behind any number of checks that have gone on since', async () => {
    const checks = Array.from({ length: 500 }, (_, number) => run(`check-${number}`, 'verify'));

    const { night } = await nightToRedo(book([...checks, run('night-2', 'mirror'), run('night-1', 'mirror')]), flow, null);

    assert.equal(night, 'night-2');
  });

  it('is not there where no night ever ran, and the sentence says what does load', async () => {
    await assert.rejects(nightToRedo(book([run('check', 'verify')]), flow, null), /landfall run rebuild argo/);
  });
});
