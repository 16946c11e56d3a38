import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ActivityFailure, ApplicationFailure, CancelledFailure, type RetryState } from '@temporalio/common';
import { wasCancelled } from '../../../workflows/common/put-down.ts';

const failedWith = (cause: Error, retryState: RetryState): ActivityFailure =>
  new ActivityFailure('Activity task failed', 'argo.copyChanges', '8', retryState, 'worker', cause);
const broken = ApplicationFailure.create({ type: 'connection_broken', message: 'The connection broke off.' });

describe('an activity that is put down', () => {
  it('was cancelled when it says so, and also when its last attempt failed in the moment in which it was to be cancelled', () => {
    assert.equal(wasCancelled(failedWith(new CancelledFailure('cancelled'), 'NON_RETRYABLE_FAILURE')), true);
    assert.equal(wasCancelled(failedWith(broken, 'CANCEL_REQUESTED')), true);
  });

  it('has failed when nobody had cancelled it', () => {
    assert.equal(wasCancelled(failedWith(broken, 'NON_RETRYABLE_FAILURE')), false);
    assert.equal(wasCancelled(broken), false);
  });
});
