import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { demoFlow } from '../../../src/cli/demo/argo-flow.ts';
import { isRight, playedLines, verdict } from '../../../src/cli/demo/argo-report.ts';
import { demoEnvironment } from '../../../src/cli/demo/environment.ts';
import type { Checked } from '../../../src/cli/demo/gdac.ts';
import type { CheckedSeries } from '../../../src/cli/demo/observatory.ts';
import { demoSet, demoStream } from '../../../src/cli/demo/ooi-flow.ts';
import { differenceLine, isWhole, seriesVerdict } from '../../../src/cli/demo/ooi-report.ts';
import { parseFlow } from '../../../src/config/flow-text.ts';
import { kinds } from '../../../src/kinds.ts';

const checked: Checked = { checked: 101, equal: 101, missing: 0, differing: 0, extra: 0, rejected: { unreadable_file: 2 }, different: [] };

describe('the demo', () => {
  it('sees no server of the environment, and keeps what else is set', () => {
    const env = demoEnvironment(
      {
        PATH: '/bin',
        TEMPORAL_ADDRESS: 'real:7233',
        MONGODB_URI: 'mongodb://real/',
        MONGODB_URI_FILE: '/run/uri',
        LANDFALL_DATABASE: 'real',
        LANDFALL_LOG_LEVEL: 'debug',
        LANDFALL_SHUTDOWN_GRACE: '1m',
      },
      '/home/demo',
    );

    assert.deepEqual(env, {
      PATH: '/bin',
      LANDFALL_HOME: '/home/demo',
      LANDFALL_FLOWS: '/home/demo/flows',
      LANDFALL_LOG_LEVEL: 'debug',
      LANDFALL_SHUTDOWN_GRACE: '1m',
      LANDFALL_RATE_REQUEST: '20',
    });
  });

  it('writes a flow file that can be read, whatever is in the names of folders', () => {
    const text = demoFlow('argo', 'rsync://127.0.0.1:8730/argo/', '/tmp/a "b": c # d/mirror');

    const flow = parseFlow(text, '/tmp/flows/argo.yaml', kinds);

    assert.equal(flow.name, 'argo');
    assert.equal(Reflect.get(flow, 'mirror'), '/tmp/a "b": c # d/mirror');
    assert.equal(Reflect.get(Object(Reflect.get(flow, 'verify')), 'paceMs'), 1_000);
  });

  it('tells a day at the centres in words, without what did not happen', () => {
    const lines = playedLines({
      files: { added: 63, changed: 0, touched: 9, deleted: 45 },
      bytes: 2_900_000,
      profiles: { listed: 117, added: 13, deleted: 0, renamed: 24 },
    });

    assert.deepEqual(lines.split('\n'), [
      '  files      63 added, 9 with a new date only, 45 deleted: 2.9 MB',
      '  profiles   13 new, 24 from real-time to delayed mode (R → D)',
    ]);
  });

  it('calls itself proved when every document is right', () => {
    assert.equal(isRight(checked), true);
    assert.match(verdict(checked), /^Proved: all 101 profiles .*: 99 documents, 2 rejected, and nothing else\.$/);
  });

  for (const what of ['missing', 'differing', 'extra'] as const) {
    it(`calls itself not right when something is ${what}, and shows it`, () => {
      const wrong = { ...checked, [what]: 1, different: ['aoml/1_001: argo.basin: expected 3, found 4.'] };

      assert.equal(isRight(wrong), false);
      assert.match(verdict(wrong), /^NOT RIGHT: .*\n {2}aoml\/1_001: argo\.basin: expected 3, found 4\.$/);
    });
  }
});

const right: CheckedSeries = { rows: 1_200, variables: 16, values: 19_200, bytes: 90_000, different: [] };

describe("the demo's observatory", () => {
  const files = {
    name: 'ctd',
    api: 'http://127.0.0.1:8080/',
    user: '/tmp/a "b": c # d/user',
    token: '/tmp/a "b": c # d/token',
    place: '/tmp/a "b": c # d/stores',
  };

  for (const [what, written] of [
    ['a stream', demoStream(files)],
    ['a set', demoSet(files)],
  ] as const) {
    it(`is ${what} that can be read, whatever is in the names of folders`, () => {
      const flow = parseFlow(written, '/tmp/flows/ctd.yaml', kinds);

      assert.deepEqual(Reflect.get(Object(Reflect.get(flow, 'upstream')), 'token'), { file: files.token });
      assert.equal(Reflect.get(Object(Reflect.get(Object(Reflect.get(flow, 'store')), 'place')), 'folder'), files.place);
    });
  }

  it('is proved when every value of every generation is right', () => {
    assert.equal(isWhole([right, right]), true);
    assert.match(
      seriesVerdict([right, right]),
      /^Proved: all 2,400 rows × 16 variables of 2 generations .*: 38,400 values, and nothing else\.$/,
    );
  });

  it('is not right when one value of one generation is not, and shows it', () => {
    const checked = [right, { ...right, different: ['time: 1 rows are wrong.'] }];

    assert.equal(isWhole(checked), false);
    assert.match(seriesVerdict(checked), /^NOT RIGHT:\n {2}time: 1 rows are wrong\.$/);
  });

  it('tells what a refresh found, and nothing when it found nothing', () => {
    const found = differenceLine({ rowsNew: 16, rowsGone: 0, valuesChanged: 222 });

    assert.deepEqual(found, ['The forced refresh found 16 rows that came too late for the appends, 222 other values, and lost no row.']);
    assert.deepEqual(differenceLine(undefined), []);
    assert.deepEqual(differenceLine({ rowsBoth: 10, rowsNew: 0, rowsGone: 0, valuesChanged: 0 }), []);
  });
});
