import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Decision } from '../../../activities/ooi/contracts.ts';
import { type DecideDependencies, type DecideRun, decideRun } from '../../../activities/ooi/decide.ts';
import { parseFlow } from '../../../src/config/flow-text.ts';
import { kinds } from '../../../src/kinds.ts';
import type { StreamFlow } from '../../../src/ooi/flow.ts';
import { openSeriesStore } from '../../../src/ooi/store/series-store.ts';
import { memoryObjects } from '../../helpers/memory-objects.ts';

const TEXT = `name: ctd
kind: ooi
instrument: CE02SHBP-LJ01D-06-CTDBPN106
stream: { method: streamed, name: ctdbp_no_sample }
upstream: { look: 10s }
store: { place: /srv/stores }
`;
const isStream = (flow: object): flow is StreamFlow => 'stream' in flow;

/** A stream without a store, of which nothing was ever asked. */
const nothing: DecideDependencies = {
  environment: {
    withSeries: (_, work) => {
      const objects = memoryObjects();
      return work({ store: openSeriesStore({ objects, disk: null, table: 'T', publish: 'pointer', codec: 'zstd' }), objects });
    },
  },
  requests: { outstanding: async () => null, finished: async () => [] },
  owed: { due: async () => [] },
  now: () => new Date('2024-09-14T00:00:00Z'),
};

async function decided(given: Partial<DecideRun>, use: Partial<DecideDependencies> = {}): Promise<Decision> {
  const flow = parseFlow(TEXT, '/srv/flows/ctd.yaml', kinds);
  assert.ok(isStream(flow));
  const asked = { force: false, request: 'auto', start: null, end: null } as const;
  const server = { state: 'unavailable', says: 'The facility is in maintenance' } as const;
  return await decideRun({ ...nothing, ...use }, { flow, run: 'r', kind: 'refresh', asked, server, ...given });
}

describe('the decision of a run that finds the facility in maintenance', () => {
  for (const [inVain, afterMs] of [
    [0, 10_000],
    [3, 80_000],
    [60, 300_000],
  ] as const)
    it(`is to look again at the pace of its flow, after ${inVain} looks in vain`, async () => {
      assert.deepEqual(await decided({ inVain }), { action: 'look_again', afterMs, says: 'The facility is in maintenance.' });
    });
});
