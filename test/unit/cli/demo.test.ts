import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { demoFlow } from '../../../src/cli/demo/argo-flow.ts';
import { isRight, playedLines, verdict } from '../../../src/cli/demo/argo-report.ts';
import { demoEnvironment } from '../../../src/cli/demo/environment.ts';
import type { Checked } from '../../../src/cli/demo/gdac.ts';
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
