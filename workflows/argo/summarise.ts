import { ApplicationFailure } from '@temporalio/workflow';
import type { SummariesDone } from '../../activities/argo/summaries.ts';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import type { JobStart } from '../common/dispatch.ts';
import { underLease } from '../common/job.ts';
import { makeSummaries } from './summaries.ts';

export interface SummariseInput {
  readonly flow: string;
}

export interface SummariseResult {
  readonly flow: string;
  readonly state: 'done' | 'stopped';
  readonly message: string;
  readonly profiles: number;
  readonly written: SummariesDone['written'];
}

/** As a client starts it. */
export type SummariseWorkflow = (input: SummariseInput) => Promise<SummariseResult>;

/** Makes the summaries now, whatever the last night did. One that cannot be made fails the run, after all others were made. */
export async function summarise({ flow, controls, tracker }: JobStart<ArgoFlow, SummariseInput>): Promise<SummariseResult> {
  return await underLease({ job: 'summarise', flow: flow.name, kind: 'argo', access: 'read', tracker }, async (job) => {
    const done = await makeSummaries(job, flow, null, controls);
    if (done !== null && done.warnings.length > 0) {
      throw ApplicationFailure.create({ type: 'summaries_failed', message: done.warnings.join(' '), nonRetryable: true });
    }
    const state = done === null ? 'stopped' : 'done';
    const { written, profiles } = done ?? { written: [], profiles: 0 };
    const message =
      done === null ? 'Stopped by an operator before the summaries were made.' : `${written.length} summaries over ${profiles} profiles.`;
    const result = { flow: flow.name, state, message, profiles, written } as const;
    return { result, health: state === 'done' ? 'ok' : 'stopped', says: message, record: { ...result } };
  });
}
