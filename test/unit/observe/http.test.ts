import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { afterEach, describe, it } from 'node:test';
import { type HealthCheck, type StatusOptions, serveStatus } from '../../../src/observe/http.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(options: Partial<StatusOptions> = {}): Promise<string> {
  const metrics = { text: async () => 'landfall_quarantine{flow="argo"} 7\n' };
  const server = await serveStatus({ host: '127.0.0.1', port: 0, checks: {}, metrics, ...options });
  open.push(server);
  return server.url;
}

/** A stand-in for the Temporal SDK's endpoint. */
async function sdkEndpoint(status: number, body: string): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  open.push({
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/metrics`;
}

const well: HealthCheck = async () => 'answers in 2 ms';

describe('the health of a process', () => {
  it('is 200 when every check is well', async () => {
    const url = await serve({ checks: { temporal: well, mongodb: well } });

    const response = await fetch(`${url}/healthz`);

    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), {
      status: 'ok',
      checks: { temporal: { ok: true, detail: 'answers in 2 ms' }, mongodb: { ok: true, detail: 'answers in 2 ms' } },
    });
  });

  it('is 503 when one is not, and says why without credentials', async () => {
    const broken: HealthCheck = async () => {
      throw new Error('cannot reach mongodb://u:p@db/');
    };
    const url = await serve({ checks: { temporal: well, mongodb: broken } });

    const response = await fetch(`${url}/healthz`);

    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), {
      status: 'failing',
      checks: { temporal: { ok: true, detail: 'answers in 2 ms' }, mongodb: { ok: false, detail: 'cannot reach mongodb://***@db/' } },
    });
  });

  it('does not wait for a check that never answers, and tells it to stop', async () => {
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    const hanging: HealthCheck = (signal) => {
      signal.addEventListener('abort', () => resolve());
      return new Promise(() => undefined);
    };
    const url = await serve({ checks: { temporal: hanging }, patienceMs: 20 });

    const response = await fetch(`${url}/healthz`);

    await stopped;
    assert.equal(response.status, 503);
    assert.match(await response.text(), /No answer within 20 ms\./);
  });

  it('survives a check that throws before it is a promise', async () => {
    const throwing: HealthCheck = () => {
      throw new Error('not connected');
    };
    const url = await serve({ checks: { temporal: throwing }, patienceMs: 20 });

    const response = await fetch(`${url}/healthz`);

    assert.equal(response.status, 503);
  });
});

describe('the metrics of a process', () => {
  it("are Landfall's own, then the Temporal SDK's", async () => {
    const sdkMetrics = await sdkEndpoint(200, 'temporal_worker_task_slots_available 4\n# EOF\n');
    const url = await serve({ sdkMetrics });

    const response = await fetch(`${url}/metrics`);

    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.equal(await response.text(), 'landfall_quarantine{flow="argo"} 7\ntemporal_worker_task_slots_available 4\n');
  });

  it("are Landfall's own with a comment while the SDK's are not there", async () => {
    const sdkMetrics = await sdkEndpoint(503, '');
    const url = await serve({ sdkMetrics });

    const response = await fetch(`${url}/metrics`);

    assert.equal(response.status, 200);
    assert.equal(await response.text(), 'landfall_quarantine{flow="argo"} 7\n# The Temporal SDK\'s metrics answered with status 503.\n');
  });
});

describe('the status server', () => {
  it('says what there is when asked for something else', async () => {
    const url = await serve();

    const response = await fetch(`${url}/`);

    assert.equal(response.status, 404);
    assert.equal(await response.text(), 'Nothing is here. There are /healthz and /metrics.\n');
  });

  it('answers nothing but reading', async () => {
    const url = await serve();

    const response = await fetch(`${url}/healthz`, { method: 'POST', body: 'x' });

    assert.equal(response.status, 405);
  });

  it('rejects when its address is taken', async () => {
    const url = await serve();

    const second = serve({ port: Number(new URL(url).port) });

    await assert.rejects(second, { code: 'EADDRINUSE' });
  });

  it('closes at once though a client waits for an answer', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const hanging: HealthCheck = () => {
      resolve();
      return new Promise(() => undefined);
    };
    const server = await serveStatus({
      host: '127.0.0.1',
      port: 0,
      checks: { temporal: hanging },
      metrics: { text: async () => '' },
      patienceMs: 600_000,
    });
    const waiting = fetch(`${server.url}/healthz`).then(
      () => 'answered',
      () => 'cut off',
    );
    await asked;

    await server.close();

    assert.equal(await waiting, 'cut off');
  });
});
