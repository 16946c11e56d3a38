import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import proto from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { workflowBundle } from '../../workers/bundled.ts';

const folder = fileURLToPath(new URL('histories/', import.meta.url));
const cache = fileURLToPath(new URL('../../node_modules/.cache/landfall', import.meta.url));
const names = readdirSync(folder).map((file) => basename(file, '.json.gz'));

const readHistory = (name: string): proto.temporal.api.history.v1.History =>
  proto.temporal.api.history.v1.History.fromObject(JSON.parse(gunzipSync(readFileSync(`${folder}${name}.json.gz`)).toString('utf8')));

describe('the workflows of today decide as those that made the recorded histories did', () => {
  let codePath = '';
  before(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } } });
    codePath = await workflowBundle(cache);
  });

  after(() => Runtime.instance().shutdown());

  it('of which there are some', () => {
    assert.ok(names.length > 5);
  });

  for (const name of names) {
    it(`in ${name.replaceAll('-', ' ')}`, async () => {
      await assert.doesNotReject(Worker.runReplayHistory({ workflowBundle: { codePath } }, readHistory(name)));
    });
  }
});
