import { condition } from '@temporalio/workflow';
import type { Controls } from './controls.ts';
import type { Job } from './job.ts';

/** Asks what a person has to decide, and waits: `true` when it was accepted; else it is to be looked at again, or the run is to stop. */
export async function isAccepted(job: Job, controls: Controls, question: string, consolation: string): Promise<boolean> {
  const { retries, forces } = controls;
  await job.says(`${question} ${consolation} Signal retry to look again, or retry with {"force":true} to accept it.`, 'asks');
  await condition(() => controls.retries > retries || controls.isStopping);
  // This retry answered the question; it is not a wish to try the quarantine again.
  controls.wantsQuarantine = false;
  return controls.forces > forces && !controls.isStopping;
}
