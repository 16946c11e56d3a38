import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { queuesIn } from '../../../src/cli/worker.ts';

describe('the queues of a worker', () => {
  it('are named by themselves or as Temporal calls them', () => {
    assert.deepEqual(queuesIn('load, landfall-transfer,landfall'), ['load', 'transfer', 'control']);
  });

  it('are refused with the known ones when one is unknown, or none is named', () => {
    assert.throws(() => queuesIn('load,tranfer'), { code: 'unknown_queue', message: /"tranfer" is no queue\. Expected some of control,/ });
    assert.throws(() => queuesIn(' , '), { code: 'unknown_queue' });
  });
});
