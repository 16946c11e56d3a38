import { condition, workflowInfo } from '@temporalio/workflow';
import type { Controls } from './controls.ts';
import type { Job } from './job.ts';

/** Asks what a person has to decide, and waits: `true` when it was accepted; else it is to be looked at again, or the run is to stop. */
export async function isAccepted(job: Job, controls: Controls, question: string, consolation: string): Promise<boolean> {
  const { retries, forces } = controls;
  // A workflow's type is its job's name.
  const retry = `landfall retry ${job.flow} --job ${workflowInfo().workflowType}`;
  const signals = 'the signals retry, and retry with {"force":true}, do the same';
  await job.says(`${question} ${consolation} Look again with: ${retry}. Accept it with: ${retry} --force (${signals}).`, 'asks');
  await condition(() => controls.retries > retries || controls.isStopping);
  // This retry answered the question; it is not a wish to try the quarantine again.
  controls.wantsQuarantine = false;
  return controls.forces > forces && !controls.isStopping;
}
