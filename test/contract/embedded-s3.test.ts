import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { loadSettings } from '../../src/config/settings.ts';
import { readEndpoints, startEmbedded } from '../../src/embedded/embedded.ts';
import { objectServer } from '../../src/embedded/object-server.ts';
import { ensureObjectServerKeys, readObjectServerKeys } from '../../src/embedded/object-server-keys.ts';
import { openStore } from '../../src/stores/objects/open.ts';
import { bytes, textOf } from '../helpers/object-subject.ts';
import { room } from '../helpers/room.ts';
import { processesOf } from './embedded-processes.ts';

const quiet = () => undefined;
const elsewhere = { temporalAddress: '127.0.0.1:1', mongodbUri: 'mongodb://127.0.0.1:1/' };
const place = { kind: 's3', bucket: 'stores', prefix: 'ooi' } as const;

let home: string;
const settings = (env = {}) => loadSettings({ LANDFALL_HOME: home, ...env });

beforeEach(() => {
  home = mkdtempSync(join(room, 'landfall-embedded-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('The embedded S3 server', { timeout: 60_000 }, () => {
  it('is not started unless it is asked for, nor where another is named', async () => {
    for (const more of [{}, { s3: true, configured: { ...elsewhere, s3Endpoint: 'http://127.0.0.1:9' } }]) {
      const embedded = await startEmbedded({ home, report: quiet, configured: elsewhere, ...more });
      const running = processesOf(home);
      await embedded.stop();

      assert.deepEqual(running, []);
      assert.equal(embedded.endpoints.s3Endpoint, 's3' in more ? 'http://127.0.0.1:9' : null);
    }
  });

  it('is found through the home, and gives the same objects under the same keys after a restart', async () => {
    const start = () => startEmbedded({ home, report: quiet, configured: elsewhere, s3: true });
    const first = await start();
    const before = await openStore(place, { server: () => objectServer(settings()) });
    await before.store.put('key', bytes('kept'));
    before.close();
    const keys = readObjectServerKeys(home);
    await first.stop();

    const second = await start();
    const after = await openStore(place, { server: () => objectServer(settings()) });
    const kept = await textOf(after.store, 'key');
    after.close();
    const endpoints = await readEndpoints(home);
    await second.stop();

    assert.equal(kept, 'kept');
    assert.deepEqual(endpoints, second.endpoints);
    assert.equal(readObjectServerKeys(home)?.secretKey.reveal(), keys?.secretKey.reveal());
    await assert.rejects(objectServer(settings()), { kind: 'stop', code: 'no_object_server' });
  });

  it('keeps objects also where the file system has no extended attributes', async (test) => {
    try {
      execFileSync('mount', ['-t', 'ramfs', 'landfall-test', home], { stdio: 'ignore' });
    } catch {
      test.skip('a file system without extended attributes cannot be mounted here');
      return;
    }
    try {
      const said: string[] = [];
      for (const expected of [null, 'kept']) {
        const embedded = await startEmbedded({ home, report: (line) => said.push(line), configured: elsewhere, s3: true });
        const { store, close } = await openStore(place, { server: () => objectServer(settings()) });
        const found = await textOf(store, 'key');
        await store.put('key', bytes('kept'));
        close();
        await embedded.stop();

        assert.equal(found, expected);
      }
      assert.ok(existsSync(join(home, 's3', 'metadata', 'stores')));
      assert.match(said.join('\n'), /without extended attributes: a kill of the S3 server can damage an object/);
    } finally {
      execFileSync('umount', [home]);
    }
  });

  it('stands back for the one that settings name', async () => {
    const server = await objectServer(settings({ S3_ENDPOINT: 'https://s3.example.org', S3_REGION: 'eu-north-1' }));

    assert.deepEqual(server, { endpoint: 'https://s3.example.org', region: 'eu-north-1', isPathStyle: true, isEmbedded: false });
  });
});

describe('The keys of the embedded S3 server', () => {
  it('are made once, differ from home to home, and are for this user alone', () => {
    const made = ensureObjectServerKeys(home);
    const again = ensureObjectServerKeys(home);
    const other = ensureObjectServerKeys(join(home, 'other'));

    assert.equal(again.secretKey.reveal(), made.secretKey.reveal());
    assert.notEqual(other.secretKey.reveal(), made.secretKey.reveal());
    assert.equal(statSync(join(home, 's3', 'keys.json')).mode & 0o777, 0o600);
  });

  it('that somebody spoiled are said to be so, without being shown', () => {
    ensureObjectServerKeys(home);
    writeFileSync(join(home, 's3', 'keys.json'), '{"accessKey":"hunter2"}');

    assert.throws(
      () => ensureObjectServerKeys(home),
      (error: Error) => {
        assert.match(error.message, /keys\.json does not hold the keys of the embedded S3 server\. Remove it/);
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      },
    );
  });
});
