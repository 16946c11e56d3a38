import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { isFailure } from '../../../src/errors.ts';
import { timesOf } from '../../../src/ooi/m2m/inventory.ts';
import { poll } from '../../../src/ooi/m2m/poll.ts';
import { askForData } from '../../../src/ooi/m2m/request.ts';
import { type Action, decide, type Outstanding, type Situation } from '../../../src/ooi/requests/decide.ts';
import { judge, type RequestOutcome } from '../../../src/ooi/requests/judge.ts';
import { fromLegacyStatus } from '../../../src/ooi/requests/legacy-status.ts';
import type { RequestKind } from '../../../src/ooi/requests/record.ts';
import type { StreamStatus } from '../../../src/ooi/requests/status.ts';
import { isOoiDataThere, OOI_DATA, WITHOUT_OOI_DATA } from '../../golden/ooi-data.ts';
import { OoiServer } from '../../helpers/ooi-server.ts';

const ctd = { instrument: 'CE02SHBP-LJ01D-06-CTDBPN106', method: 'streamed', stream: 'ctdbp_no_sample' } as const;
const TABLE = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';
const range = { begin: '2025-07-28T10:14:22Z', end: '2025-07-31T00:10:00Z' };
const never = new AbortController().signal;

const caseSchema = z.object({
  id: z.string(),
  flags: z.object({ refresh: z.boolean(), force_harvest: z.boolean() }),
  record: z.unknown(),
  store: z.object({ exists: z.boolean(), last_time: z.string().nullable() }),
  server_end_time: z.string().nullable(),
  server: z.string().optional(),
  request_record_missing: z.boolean().default(false),
  request_age_hours: z.number().default(1),
  wanted: z.string(),
  action: z.string(),
});
type Case = z.output<typeof caseSchema>;

const cases: readonly Case[] = isOoiDataThere
  ? z.array(caseSchema).parse(JSON.parse(readFileSync(join(OOI_DATA, 'decisions.json'), 'utf8')))
  : [];

/** What a look at the sample facility's request of that key means. */
async function outcomeOf(server: OoiServer, key: string, kind: RequestKind, ageHours: number): Promise<RequestOutcome> {
  server.answers = key;
  const asked = await askForData(server.facility(), ctd, range, never);
  assert.ok(asked.state === 'accepted');
  const found = await poll(server.facility(), asked.request, TABLE, never);
  const ageMs = ageHours * 3_600_000;
  return judge({ poll: found, kind, ageMs, estimatedSeconds: 60, range, looks: 1, folderSeen: true, folderMissed: 0, attempt: 1 });
}

async function serverOf(server: OoiServer, one: Case): Promise<Situation['server']> {
  if (one.server === 'maintenance page') {
    server.fail('/metadata/times', { body: readFileSync(join(OOI_DATA, 'server/api/errors/maintenance.html'), 'utf8') });
  }
  const error: unknown = await timesOf(server.facility(), ctd.instrument, never).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return isFailure(error) ? { state: 'unavailable', says: error.happened } : { state: 'answers', endTime: one.server_end_time };
}

async function outstandingOf(server: OoiServer, status: StreamStatus, one: Case): Promise<Outstanding | null> {
  const { isOutstanding, isReady, record, kind } = status.request;
  if (!isOutstanding || record === null || kind === null) return null;
  const [, key] = /^request (\w\d)$/.exec(one.server ?? '') ?? [];
  const outcome = key === undefined ? null : await outcomeOf(server, key, kind, one.request_age_hours);
  return { id: record, state: isReady ? 'ready' : 'waiting', isRecordMissing: one.request_record_missing, outcome };
}

describe('the decision of a run, by the sample cases', { skip: isOoiDataThere ? false : WITHOUT_OOI_DATA }, () => {
  const server = new OoiServer();
  before(() => server.start());
  after(() => server.stop());

  it('is sampled by 22 cases', () => {
    assert.equal(cases.length, 22);
  });

  for (const one of cases) {
    it(`${one.id}: ${one.wanted}`, async () => {
      const status = fromLegacyStatus(TABLE, one.record, new Date('2025-07-31T00:15:00Z'));
      const outstanding = await outstandingOf(server, status, one);

      const { action } = decide({
        flags: { refresh: one.flags.refresh, force: one.flags.force_harvest, request: 'auto' },
        isKnown: status.request.state !== 'discontinued',
        outstanding: {
          append: status.request.kind === 'append' ? outstanding : null,
          refresh: status.request.kind === 'refresh' ? outstanding : null,
        },
        store: { exists: one.store.exists, lastTime: one.store.last_time },
        server: await serverOf(server, one),
        isRangeSaid: false,
        owed: 0,
        reusable: null,
      });

      assert.equal(action, one.action);
    });
  }
});

const waiting: Outstanding = { id: 'T#append#3', state: 'waiting', isRecordMissing: false, outcome: null };
const calm: Situation = {
  flags: { refresh: false, force: false, request: 'auto' },
  isKnown: true,
  outstanding: { append: null, refresh: null },
  store: { exists: true, lastTime: '2025-07-30T10:14:22.092512768' },
  server: { state: 'answers', endTime: '2025-07-30T10:14:40.000Z' },
  isRangeSaid: false,
  owed: 0,
  reusable: null,
};
const finding: RequestOutcome = { state: 'gone', says: 'gone', remedy: 'look', askAgainMs: null };

describe('the decision of a run', () => {
  const told: readonly (readonly [
    what: string,
    situation: Partial<Situation>,
    action: Action,
    request?: string | null,
    replaces?: string,
  ])[] = [
    ['skips when the facility has nothing new', {}, 'skip'],
    ['asks when ranges are owed, though nothing is new', { owed: 2 }, 'request_append'],
    ['asks for a range that a person says, though nothing is new', { isRangeSaid: true }, 'request_append'],
    [
      'goes on with the append that waits, whatever range a person says',
      { isRangeSaid: true, outstanding: { append: waiting, refresh: null } },
      'continue_append',
      'T#append#3',
    ],
    ['asks when the store has no usable last time', { store: { exists: true, lastTime: null } }, 'request_append'],
    [
      'gives the waiting request up when the person says replace',
      { flags: { refresh: false, force: false, request: 'replace' }, outstanding: { append: waiting, refresh: null } },
      'request_append',
      null,
      'T#append#3',
    ],
    [
      'gives no request up while the facility could not take a new one',
      {
        flags: { refresh: false, force: false, request: 'replace' },
        outstanding: { append: waiting, refresh: null },
        server: { state: 'unavailable', says: 'in maintenance' },
      },
      'wait_and_look_again',
    ],
    [
      'takes a finished request that covers the range when the person says reuse',
      { flags: { refresh: true, force: false, request: 'reuse' }, reusable: 'T#refresh#1' },
      'reuse_finished',
      'T#refresh#1',
    ],
    [
      'asks when the person says reuse and nothing finished covers the range',
      { flags: { refresh: true, force: false, request: 'reuse' } },
      'request_refresh',
    ],
    [
      'reports the append that waits when it is forced',
      { flags: { refresh: false, force: true, request: 'auto' }, outstanding: { append: waiting, refresh: null } },
      'report_waiting',
      'T#append#3',
    ],
    [
      'goes on with the append that is finished when it is forced: its rows are still to come',
      { flags: { refresh: false, force: true, request: 'auto' }, outstanding: { append: { ...waiting, state: 'ready' }, refresh: null } },
      'continue_append',
      'T#append#3',
    ],
    [
      'asks for a refresh anew when it is forced and one is finished',
      {
        flags: { refresh: true, force: true, request: 'auto' },
        outstanding: { append: null, refresh: { ...waiting, id: 'T#refresh#2', state: 'ready' } },
      },
      'request_refresh',
      null,
      'T#refresh#2',
    ],
    [
      'goes on with what waits during maintenance: its results are elsewhere',
      { outstanding: { append: waiting, refresh: null }, server: { state: 'unavailable', says: 'in maintenance' } },
      'continue_append',
      'T#append#3',
    ],
    [
      'goes on with the first refresh while there is no store',
      { store: { exists: false, lastTime: null }, outstanding: { append: null, refresh: { ...waiting, id: 'T#refresh#1' } } },
      'continue_refresh',
      'T#refresh#1',
    ],
    [
      'does not ask a third time for results that are gone',
      { outstanding: { append: { ...waiting, outcome: finding }, refresh: null } },
      'request_failed_ask_again_later',
      'T#append#3',
    ],
  ];
  for (const [what, situation, action, request = null, replaces = null] of told) {
    it(what, () => {
      const decided = decide({ ...calm, ...situation });

      assert.deepEqual([decided.action, decided.request, decided.replaces], [action, request, replaces]);
    });
  }

  it('counts what is owed in words', () => {
    assert.equal(decide({ ...calm, owed: 1 }).why, '1 range is owed from earlier requests');
    assert.equal(decide({ ...calm, owed: 1_200 }).why, '1,200 ranges are owed from earlier requests');
  });
});
