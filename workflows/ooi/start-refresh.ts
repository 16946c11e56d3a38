import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { startChild } from '@temporalio/workflow';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import { flowTable } from '../../src/ooi/form.ts';
import type { AskInput } from './harvest.ts';
import type { RefreshWorkflow } from './refresh.ts';

/**
 * Starts the refresh of a stream under an id of its own, and does not wait for it: it may take days, and daily appends go on meanwhile.
 * Answers what became of it, a sentence.
 */
export async function startRefresh(flow: StreamFlow, { force, request, accept, start, end, dryRun }: AskInput): Promise<string> {
  const workflowId = `refresh/${flowTable(flow)}`;
  const given = { force, request, accept, start, end, dryRun };
  const input = { flow: flow.name, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
  try {
    await startChild<RefreshWorkflow>('refresh', {
      workflowId,
      args: [input],
      parentClosePolicy: 'ABANDON',
      cancellationType: 'ABANDON',
      staticSummary: `refresh of ${flow.name}, started by its harvest`,
    });
    return `It goes on by itself as ${workflowId}.`;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return `One is under way already, as ${workflowId}.`;
  }
}
