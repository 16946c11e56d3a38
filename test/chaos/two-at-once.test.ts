import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { WorkflowFailedError } from '@temporalio/client';
import { addsUp } from '../../src/argo/night.ts';
import { expectedProfiles } from '../../standins/gdac/expected.ts';
import type { MirrorResult } from '../../workflows/argo/mirror.ts';
import { type FlowSite, type Site, startSite } from '../helpers/site.ts';

const world = { seed: 33, floats: 4, cyclesPerFloat: 5 };
const TIMES = 20;

/** How a run ended: what it did, or what it said. */
type Ended = { readonly state: 'worked'; readonly result: MirrorResult } | { readonly state: 'refused'; readonly sentence: string };

let site: Site;
before(async () => {
  site = await startSite();
  await site.worker();
});
after(() => site.stop());

/** Starts two nights in the same millisecond, each waiting for a word before it does anything: so neither can be over before the other begins. */
async function bothAtOnce(argo: FlowSite, ids: readonly [string, string]): Promise<readonly [Ended, Ended]> {
  const started = await Promise.all(
    ids.map((workflowId) =>
      site.client.workflow.signalWithStart('mirror', {
        taskQueue: 'landfall',
        workflowId,
        args: [{ flow: argo.flow.name }],
        signal: 'pause',
      }),
    ),
  );
  const ends = started.map(async (run): Promise<Ended> => {
    try {
      return { state: 'worked', result: await run.result() };
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      return { state: 'refused', sentence: error.cause?.message ?? '' };
    }
  });
  await Promise.race(ends);
  await Promise.allSettled(started.map((run) => run.signal('resume')));
  const [first = assert.fail(), second = assert.fail()] = await Promise.all(ends);
  return [first, second];
}

describe('two nights of one flow that are started in the same millisecond', { timeout: 240_000 }, () => {
  it(`are one that does the work and one that names it and does nothing, ${TIMES} times`, async () => {
    const argo = await site.flow('twice', world);
    const nights: MirrorResult[] = [];

    for (let time = 1; time <= TIMES; time += 1) {
      const ids = [`mirror/twice-a-${time}`, `mirror/twice-b-${time}`] as const;
      const ends = await bothAtOnce(argo, ids);
      const at = ends.findIndex(({ state }) => state === 'worked');
      const [winner, loser] = [ends[at], ends[1 - at]];
      assert.ok(winner?.state === 'worked' && loser?.state === 'refused', JSON.stringify(ends));
      assert.match(
        loser.sentence,
        new RegExp(`^Flow twice is already being worked on by mirror \\(workflow ${ids[at]}, since .*second run did nothing`),
      );
      nights.push(winner.result);
    }

    const runs = await site.runs.latest('twice', 100);
    const [first, ...later] = nights.map(({ record }) => record ?? assert.fail('a night without record'));
    assert.deepEqual(await argo.wrongs(), []);
    assert.equal(first?.seen, [...expectedProfiles(world, 0)].length);
    assert.ok([first, ...later].every((record) => record !== undefined && addsUp(record)));
    assert.ok(later.every(({ seen }) => seen === 0));
    assert.deepEqual([runs.length, new Set(runs.map(({ health }) => health))], [TIMES, new Set(['ok'])]);
  });
});
