import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Decision } from '../../../activities/ooi/contracts.ts';
import { type DecideDependencies, type DecideRun, decideRun } from '../../../activities/ooi/decide.ts';
import { parseFlow } from '../../../src/config/flow-text.ts';
import { kinds } from '../../../src/kinds.ts';
import type { StreamFlow } from '../../../src/ooi/flow.ts';
import { NEVER_LOOKED, type RequestRecord } from '../../../src/ooi/requests/record.ts';
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

const waiting: RequestRecord = {
  id: 'T#refresh#4',
  table: 'T',
  kind: 'refresh',
  number: 4,
  flow: 'ctd',
  run: 'r',
  range: { begin: '2020-01-01T00:00:00.000000Z', end: '2024-09-13T00:00:00.000000Z' },
  attempt: 1,
  state: 'waiting',
  why: null,
  createdAt: new Date('2024-09-13T00:00:01Z'),
  stateSince: new Date('2024-09-13T00:00:02Z'),
  sentAt: new Date('2024-09-13T00:00:01Z'),
  sends: 1,
  accepted: null,
  looks: NEVER_LOOKED,
  owed: [],
  files: null,
};

describe('the decision of a run that is forced while a request waits', () => {
  it('says of when it is, what for, and both ways out, by no name that only the book-keeping knows', async () => {
    const requests = { ...nothing.requests, outstanding: async (_: string, kind: string) => (kind === 'refresh' ? waiting : null) };
    const asked = { force: true, request: 'auto', start: null, end: null } as const;

    const { action, says } = await decided({ asked }, { requests });

    assert.equal(action, 'report_waiting');
    assert.equal(
      says,
      'Nothing was asked: the request of 2024-09-13 00:00:01 UTC for 2020-01-01 00:00:00 UTC to 2024-09-13 00:00:00 UTC is not finished. ' +
        'To wait for it: landfall run refresh ctd. To give it up and ask anew: landfall run refresh ctd --force --request replace.',
    );
  });
});

/** Since 1900, as stores have times. */
const secondsOf = (text: string): number => (Date.parse(text) - Date.parse('1900-01-01T00:00:00Z')) / 1000;

describe('the decision of a harvest that finds nothing new at the facility', () => {
  const server = { state: 'known', beginTime: '2020-01-01T00:00:00Z', endTime: '2024-09-10T00:00:00Z' } as const;
  const environment: DecideDependencies['environment'] = {
    withSeries: (flow, work) =>
      nothing.environment.withSeries(flow, ({ store, objects }) => {
        const reach = async () => ({ lastTime: secondsOf('2024-09-10T00:00:00Z') });
        return work({ store: { ...store, reach }, objects });
      }),
  };
  const harvest = (start: string | null) =>
    decided({ kind: 'append', server, asked: { force: false, request: 'auto', start, end: null } }, { environment });

  it('is to end, unless a range was said', async () => {
    const said = await harvest('2024-09-01');

    assert.deepEqual(await harvest(null), { action: 'skip', says: 'The facility has nothing new.' });
    assert.ok(said.action === 'request');
    assert.deepEqual([said.begin, said.end], ['2024-09-01T00:00:00.000000Z', '2024-09-14T00:00:00.000000Z']);
    assert.match(said.says, /^A range was said, so it is asked for, whether or not the facility has anything new\. Asks for 2024-09-01T/);
  });
});
