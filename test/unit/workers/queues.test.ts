import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { QUEUES } from '../../../src/config/queues.ts';
import { loadSettings } from '../../../src/config/settings.ts';
import { workerOptions } from '../../../workers/queues.ts';

describe('what a worker of a queue is told', () => {
  it('has a rate for the whole queue where facilities are asked, and nowhere else', () => {
    const settings = loadSettings({ LANDFALL_RATE_REQUEST: '0.5' });

    const rates = QUEUES.map((queue) => [queue, workerOptions(queue, settings).maxTaskQueueActivitiesPerSecond]);

    assert.deepEqual(
      rates.filter(([, rate]) => rate !== undefined),
      [['request', 0.5]],
    );
  });
});
