import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { activityInfo } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { startTemporal, stopAll } from '../../src/embedded/start-servers.ts';
import { temporalProgram } from '../../src/embedded/temporal.ts';
import type { keeping } from '../helpers/quick-workflow.ts';

const quiet = () => undefined;
const logger = new DefaultLogger('ERROR', quiet);
const home = mkdtempSync(join(tmpdir(), 'landfall-quick-'));

describe('book-keeping within the workflow task', () => {
  let stop: () => Promise<void>;
  let client: Client;
  let keep: () => Promise<string>;
  let attempts: ('here' | 'queue')[] = [];

  before(async () => {
    Runtime.install({ logger, telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } } });
    const options = { report: quiet, usualPorts: false, restart: false };
    const { ports, processes } = await startTemporal(await temporalProgram(quiet), home, options);
    const address = `127.0.0.1:${ports[0]}`;
    const connection = await NativeConnection.connect({ address });
    client = new Client({ connection: await Connection.connect({ address }) });
    const workflowsPath = fileURLToPath(new URL('../helpers/quick-workflow.ts', import.meta.url));
    const worker = await Worker.create({
      connection,
      taskQueue: 'landfall',
      workflowBundle: await bundleWorkflowCode({ workflowsPath, logger }),
      activities: {
        keep: async (): Promise<string> => {
          attempts.push(activityInfo().isLocal ? 'here' : 'queue');
          return await keep();
        },
      },
    });
    const running = worker.run();
    stop = async () => {
      worker.shutdown();
      await running;
      await client.connection.close();
      await connection.close();
      await stopAll(processes);
    };
  });
  beforeEach(() => {
    attempts = [];
  });
  after(async () => {
    await stop();
    rmSync(home, { recursive: true, force: true });
  });

  const start = (id: string) =>
    client.workflow.start<typeof keeping>('keeping', {
      taskQueue: 'landfall',
      workflowId: id,
      args: [id],
    });

  it('is done once more through the queue when it fails', async () => {
    keep = async () => (attempts.length === 1 ? Promise.reject(new Error('the database is away')) : 'kept');

    const answer = await (await start('again')).result();

    assert.deepEqual([answer, attempts], ['kept', ['here', 'queue']]);
  });

  it('is not done again when no attempt can help', async () => {
    keep = async () => Promise.reject(ApplicationFailure.nonRetryable('It is held by another.'));

    await assert.rejects((await start('final')).result());

    assert.deepEqual(attempts, ['here']);
  });
});
