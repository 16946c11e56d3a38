import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLog } from '../../../src/observe/log.ts';
import { sdkLogger } from '../../../workers/sdk-log.ts';

describe('what the log of a worker shows of the SDK', () => {
  it('are its warnings, but not that a queue of activities has no workflows', () => {
    const lines: string[] = [];
    const log = createLog({ level: 'info', format: 'json', stream: { write: (line) => lines.push(line) } });
    const logger = sdkLogger(log);

    logger.warn('No workflows registered, not polling for workflow tasks', { taskQueue: 'landfall-load' });
    logger.warn('Something else is wrong');
    logger.info('Worker state changed');

    assert.deepEqual(
      lines.map((line) => /"msg":"([^"]*)"/.exec(line)?.[1]),
      ['Something else is wrong'],
    );
  });
});
