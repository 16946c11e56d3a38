import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jsonSchema } from '../../../src/config/flow-schema.ts';
import { parseFlow } from '../../../src/config/flow-text.ts';
import { refuseOverlap } from '../../../src/config/overlap.ts';
import { flowPlaces, kindNamed, kinds } from '../../../src/kinds.ts';
import type { OoiFlow } from '../../../src/ooi/flow.ts';
import { ooiFlowSchema, ooiFormOf } from '../../../src/ooi/flow.ts';
import { flowTable, isSetFlow, refusal } from '../../../src/ooi/form.ts';
import { ooiKind } from '../../../src/ooi/kind.ts';
import { ooiTemplate } from '../../../src/ooi/template.ts';

const STREAM = `name: ctd
kind: ooi
instrument: CE02SHBP-LJ01D-06-CTDBPN106
stream: { method: streamed, name: ctdbp_no_sample }
store: { place: stores/ooi }
`;
const SET = 'name: all\nkind: ooi\nstreams: all\nstore: { place: stores/ooi }\n';
const mine = [{ kind: 'ooi', schema: ooiFlowSchema, formOf: ooiFormOf }];

const read = (text: string): OoiFlow => parseFlow(text, '/srv/flows/ooi.yaml', mine);

describe('a flow file of kind ooi', () => {
  it('is one stream, whose place is relative to the folder of the file', () => {
    const flow = read(STREAM);

    assert.deepEqual(flow.store.place, { kind: 'disk', folder: '/srv/flows/stores/ooi' });
    assert.equal(isSetFlow(flow) ? '' : flowTable(flow), 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample');
  });

  it('is a set when it has the key streams', () => {
    const flow = read(SET);

    assert.ok(isSetFlow(flow));
    assert.equal(flow.width, 50);
  });

  const wrongs: readonly (readonly [text: string, message: RegExp])[] = [
    [STREAM.replace('streamed', 'Streamed'), /ooi\.yaml:4: stream\.method is "Streamed"\. Expected a method such as streamed/],
    [`${STREAM}lokBack: 48h\n`, /ooi\.yaml:6: there is no key "lokBack"\. Did you mean lookBack\?/],
    [STREAM.replace('CTDBPN106', 'CTD'), /ooi\.yaml:3: instrument is "CE02SHBP-LJ01D-06-CTD"\. Expected a reference designator/],
    [`${SET}widht: 3\n`, /ooi\.yaml:5: there is no key "widht"\. Did you mean width\?/],
    [`${SET}width: 0\n`, /ooi\.yaml:5: width is 0\. Expected a whole number from 1 to 1000/],
    ['name: x\nkind: ooi\nstore: { place: a }\n', /instrument is missing/],
    [`${STREAM}notify: { webhook: "https://hooks.example/sEcReT" }\n`, /ooi\.yaml:6: notify\.webhook is text that is not shown here/],
    [`${STREAM}upstream: { timeout: 0s }\n`, /ooi\.yaml:6: upstream\.timeout is "0s"\. Expected a duration from 100ms to 1d/],
    [`${STREAM}upstream: { timeout: 30d }\n`, /upstream\.timeout is "30d"\. Expected a duration from 100ms to 1d/],
    [`${STREAM}upstream: { look: 0s }\n`, /upstream\.look is "0s"\. Expected a duration from 100ms to 1d/],
    [`${STREAM}lookBack: 800000d\n`, /ooi\.yaml:6: lookBack is "800000d"\. Expected a duration of at most 3660d/],
    [`${STREAM}notify: { mail: [me] }\n`, /notify\.mail\[0\] is "me"\. Expected an address such as data@example\.org/],
    [`${STREAM}upstream: { token: { env: a b } }\n`, /upstream\.token\.env is .*\. Expected the name of an environment variable/],
    [
      `${STREAM}upstream: { hosts: { "a b": "https://x/" } }\n`,
      /upstream\.hosts has the key "a b"\. Expected the name of a host such as data/,
    ],
    [
      `${STREAM}range: { start: "2024-02-01T00:00:00Z", end: "2024-01-01T00:00:00Z" }\n`,
      /range\.end is "2024-01-01.*\. Expected a time after the start/,
    ],
    [`${STREAM}range: { start: 2024-02-30 }\n`, /range\.start is "2024-02-30"\. Expected a time such as 2024-01-01T00:00:00Z/],
    [SET.replace('streams: all', 'streams: null'), /streams is empty\. Expected all, or a list of names of flows/],
    [SET.replace('streams: all', 'streams: [all]'), /streams is a list\. Expected names of streams, and not that of the set itself/],
    [SET.replace('streams: all', 'streams: [ctd, ctd]'), /streams is a list\. Expected each name once/],
    [STREAM.replace('stores/ooi', 's3://UPPER/x'), /ooi\.yaml:5: store\.place is "s3:\/\/UPPER\/x"\. Expected a folder/],
  ];
  for (const [text, message] of wrongs) {
    it(`is refused with its line and the nearest key: ${message.source.slice(0, 60)}`, () => {
      assert.throws(() => read(text), { message });
    });
  }

  it('is refused beside a set when both have a schedule that harvests it, and so are two such sets', () => {
    const alone = read(STREAM);
    const byItself = read(`${STREAM}schedules: { harvest: "0 0 * * *" }\n`);
    const [all, resting, named] = [
      SET,
      `${SET}schedules: { harvestAll: null }\n`,
      SET.replace('all\nk', 'some\nk').replace('all', '[ctd]'),
    ].map(read);
    const refuse = (...flows: readonly (OoiFlow | undefined)[]): void =>
      ooiKind.refuseTogether?.(flows.filter((flow) => flow !== undefined));

    for (const fine of [[alone, all], [byItself, resting], [byItself], [alone, named, resting]]) refuse(...fine);
    assert.throws(() => refuse(byItself, all), {
      message: /^Flow ctd has a schedule for harvest, and is in set all, .* Set one of the two to null\.$/,
    });
    assert.throws(() => refuse(alone, all, named), { message: /^Flow ctd is in the sets all and some, which both have a schedule/ });
  });

  it('has both forms in the JSON Schema for editors', () => {
    const text = JSON.stringify(jsonSchema(kinds));

    assert.match(text, /reference designator/);
    assert.match(text, /streams worked on at once/);
  });

  it('has a range of times or of plain dates, as a run takes them', () => {
    const dates = read(`${STREAM}range: { start: "2024-12-01", end: 2024-12-31T12:00:00Z }\n`);

    assert.deepEqual('range' in dates ? dates.range : null, { start: '2024-12-01', end: '2024-12-31T12:00:00Z' });
  });

  it('is written whole by landfall init', () => {
    const flow = parseFlow(ooiTemplate(), '/srv/flows/ooi.yaml', kinds);

    assert.equal(flow.name, 'ooi');
    assert.match(ooiTemplate(), /^# {3}sheets: /m);
    for (const key of ['look: 1m', 'again: 1h']) assert.ok(ooiTemplate().includes(`  # ${key}\n`), key);
    assert.deepEqual(flow.schedules, { harvest: '0 0 * * *', refresh: null, verify: '0 18 * * 0' });
  });
});

describe('a job of kind ooi', () => {
  it('is refused with the jobs that fit when it is of the other form', () => {
    assert.equal(
      refusal(read(SET), 'harvest'),
      'Flow all is a set of streams, and harvest is a job of one stream. The jobs of all are harvestAll, metadata, annotations, catalog, statistics, availability.',
    );
    assert.match(refusal(read(STREAM), 'harvestAll') ?? '', /^Flow ctd is one stream, .* are harvest, refresh, rollback, verify\.$/);
  });

  it('is taken when it fits', () => {
    assert.deepEqual([refusal(read(STREAM), 'harvest'), refusal(read(SET), 'catalog')], [null, null]);
    assert.equal(kindNamed('ooi')?.refuses?.(read(STREAM), 'verify'), null);
  });
});

describe('the places of flows of kind ooi', () => {
  it('are the store of the stream, and nothing for a set', () => {
    const bucket = read(STREAM.replace('stores/ooi', 's3://ooi-data/x'));

    assert.deepEqual(flowPlaces(read(SET)).folders, []);
    assert.deepEqual(flowPlaces(read(STREAM)).folders, ['/srv/flows/stores/ooi/CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample']);
    assert.deepEqual(flowPlaces(bucket).stores, [
      's3://ooi-data/x/CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample',
      'the records of CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample',
    ]);
    assert.throws(() => refuseOverlap([flowPlaces(bucket), flowPlaces(read(STREAM.replace('name: ctd', 'name: twin')))]), {
      message: /Flows ctd and twin both write to the records of CE02SHBP/,
    });
  });
});
