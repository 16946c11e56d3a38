import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { argoFlowSchema } from '../../src/argo/flow.ts';
import { upstreamFetcher } from '../../src/argo/verify/fetch.ts';
import { isFailure } from '../../src/errors.ts';
import { DownloadFailure } from '../../src/transfer/fetched.ts';
import { grow } from '../helpers/profile-tree.ts';
import { freePort, type RsyncDaemon, startRsyncDaemon } from '../helpers/rsync-daemon.ts';

const paths = ['aoml/13857/profiles/D13857_001.nc', 'aoml/13857/profiles/SD13857_001.nc'] as const;
const never = new AbortController().signal;

const flowOf = (rsync: string, verify: Readonly<Record<string, unknown>> = {}) =>
  argoFlowSchema.parse({ name: 'argo', kind: 'argo', upstream: { rsync, connectTimeout: '5s' }, mirror: '/nowhere', verify });

/** What a fetch failed with, in a form to compare. */
async function failure(
  fetching: Promise<unknown>,
): Promise<{ readonly kind: string; readonly code: string; readonly path: string | null }> {
  const error: unknown = await fetching.then(
    () => assert.fail('it was fetched'),
    (thrown: unknown) => thrown,
  );
  assert.ok(isFailure(error), String(error));
  return { kind: error.kind, code: error.code, path: error instanceof DownloadFailure ? error.path : null };
}

describe('single files fetched again', () => {
  let folder: string;
  let scratch: string;
  let daemon: RsyncDaemon;
  const fetcher = (password?: string) => upstreamFetcher({ scratch, pauseMs: 0, password: async () => password });
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landfall-fetch-'));
    scratch = join(folder, 'scratch');
    const root = join(folder, 'root');
    await grow(root, paths, 'content', 1000);
    mkdirSync(join(root, 'aoml/13858/profiles/D13858_002.nc'), { recursive: true });
    writeFileSync(join(folder, 'secret'), 'outside');
    symlinkSync(join(folder, 'secret'), join(root, 'aoml/13858/profiles/D13858_001.nc'));
    writeFileSync(join(root, 'aoml/13858/profiles/D13858_003.nc'), Buffer.alloc(33 * 1024 * 1024));
    daemon = await startRsyncDaemon(root);
  });
  after(async () => {
    await daemon.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('come from an rsync daemon whole and in the order asked for, and leave nothing behind', async () => {
    const files = await fetcher()(flowOf(daemon.url), paths.toReversed(), never);

    assert.deepEqual(
      files.map(({ path, bytes }) => [path, bytes.length, Buffer.from(bytes).toString().split(' ')[0]]),
      paths.toReversed().map((path) => [path, 1000, path]),
    );
    assert.deepEqual(await readdir(scratch), []);
  });

  for (const [what, path] of [
    ['is not there', 'aoml/13857/profiles/D13857_002.nc'],
    ['is a link', 'aoml/13858/profiles/D13858_001.nc'],
    ['is a folder', 'aoml/13858/profiles/D13858_002.nc'],
    ['is larger than any profile', 'aoml/13858/profiles/D13858_003.nc'],
  ] as const) {
    it(`fail for good when one of them ${what}, and leave nothing behind`, async () => {
      const found = await failure(fetcher()(flowOf(daemon.url), [paths[0], path], never));

      assert.deepEqual(found, { kind: 'stop', code: 'download_failed', path });
      assert.deepEqual(await readdir(scratch), []);
    });
  }

  it('may be had later when the server is not there now', async () => {
    const found = await failure(fetcher()(flowOf(`rsync://127.0.0.1:${await freePort()}/argo/`), paths, never));

    assert.deepEqual(found, { kind: 'again', code: 'download_failed', path: paths[0] });
  });

  it('concern every profile when the module is unknown or the password is refused', async () => {
    const locked = await startRsyncDaemon(join(folder, 'root'), { secrets: 'argo:right\n' });
    try {
      const url = locked.url.replace('rsync://', 'rsync://argo@');

      const unknown = await failure(fetcher()(flowOf(daemon.url.replace('/argo/', '/elsewhere/')), paths, never));
      const refused = await failure(fetcher('wrong')(flowOf(url), paths, never));
      const admitted = await fetcher('right')(flowOf(url), paths, never);

      assert.deepEqual([unknown.kind, unknown.code], ['stop', 'unknown_module']);
      assert.deepEqual([refused.kind, refused.code], ['stop', 'credentials_refused']);
      assert.equal(admitted.length, 2);
    } finally {
      await locked.stop();
    }
  });

  it('are given up when the run is cancelled, and leave nothing behind', async () => {
    const cancel = new AbortController();
    cancel.abort(new Error('cancelled'));

    await assert.rejects(fetcher()(flowOf(daemon.url), paths, cancel.signal), /cancelled/);

    assert.deepEqual(await readdir(scratch), []);
  });

  it('that a killed process left are removed by the next fetch, those of the present are not', async () => {
    for (const name of ['fetch-old', 'fetch-new']) mkdirSync(join(scratch, name), { recursive: true });
    await utimes(join(scratch, 'fetch-old'), 1, 1);

    await fetcher()(flowOf(daemon.url), paths, never);

    assert.deepEqual(await readdir(scratch), ['fetch-new']);
    await rm(join(scratch, 'fetch-new'), { recursive: true });
  });
});

describe('single files fetched over HTTP', () => {
  let server: Server | null = null;
  after(() => server?.close());

  async function serve(answer: RequestListener): Promise<string> {
    server?.close();
    server?.closeAllConnections();
    server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/dac/`;
  }
  const fetcher = upstreamFetcher({ scratch: '/nowhere', pauseMs: 0, password: async () => undefined });
  const fetchFrom = (source: string, more: Readonly<Record<string, unknown>> = {}) =>
    fetcher(flowOf('rsync://127.0.0.1:1/argo/', { source, ...more }), paths, never);

  it('come from below the base, one after the other', async () => {
    const asked: (string | undefined)[] = [];
    const base = await serve(({ url }, response) => {
      asked.push(url);
      response.end(`content of ${url}`);
    });

    const files = await fetchFrom(base);

    assert.deepEqual(
      asked,
      paths.map((path) => `/dac/${path}`),
    );
    assert.deepEqual(
      files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]),
      paths.map((path) => [path, `content of /dac/${path}`]),
    );
  });

  for (const [status, kind] of [
    [404, 'stop'],
    [403, 'stop'],
    [429, 'again'],
    [503, 'again'],
  ] as const) {
    it(`fail with kind ${kind} when the server answers with status ${status}`, async () => {
      const base = await serve((_, response) => response.writeHead(status, { 'retry-after': '7' }).end());

      const found = await failure(fetchFrom(base));

      assert.deepEqual(found, { kind, code: 'download_failed', path: paths[0] });
    });
  }

  it('wait as long as the server asks for', async () => {
    const base = await serve((_, response) => response.writeHead(503, { 'retry-after': '7' }).end());

    await assert.rejects(fetchFrom(base), (error) => isFailure(error) && error.retryAfterMs === 7000);
  });

  it('fail when they never end', async () => {
    let poured = 0;
    const base = await serve((_, response) => {
      const pour = (): void => {
        do poured += 1 << 20;
        while (!response.destroyed && response.write(Buffer.alloc(1 << 20)));
      };
      response.on('drain', pour);
      pour();
    });

    const found = await failure(fetchFrom(base));

    assert.deepEqual(found, { kind: 'stop', code: 'download_failed', path: paths[0] });
    assert.ok(poured < 200e6, `${poured} bytes were taken`);
  });

  it('may be had later when the server falls silent or breaks off in the middle', async () => {
    const silent = await failure(fetchFrom(await serve(() => undefined), { timeout: '100ms' }));
    const broken = await failure(
      fetchFrom(
        await serve((_, response) => {
          response.writeHead(200, { 'content-length': '1000' });
          response.write('some', () => response.destroy());
        }),
      ),
    );

    assert.deepEqual([silent.kind, broken.kind], ['again', 'again']);
  });
});
