import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { startChild } from '@temporalio/workflow';
import type { Asked } from '../../activities/ooi/contracts.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import { flowTable } from '../../src/ooi/form.ts';
import { ofSet } from './of-set.ts';
import type { RefreshWorkflow } from './refresh.ts';

/** What the run that starts a refresh was given for it. */
export interface RefreshGiven {
  readonly asked: Asked;
  readonly accept: readonly string[];
  readonly isDryRun: boolean;
}

/**
 * Starts the refresh of a stream under an id of its own, and does not wait for it: it may take days, and daily appends go on meanwhile.
 * Answers what became of it, a sentence.
 */
export async function startRefresh(flow: StreamFlow, { asked, accept, isDryRun }: RefreshGiven): Promise<string> {
  const workflowId = `refresh/${flowTable(flow)}`;
  const { force, request, start, end } = asked;
  const input = {
    flow: flow.name,
    ...(force ? { force } : {}),
    ...(request === 'auto' ? {} : { request }),
    ...(accept.length === 0 ? {} : { accept }),
    ...(start === null ? {} : { start }),
    ...(end === null ? {} : { end }),
    ...(isDryRun ? { dryRun: true } : {}),
  };
  const set = ofSet();
  const watchIt = `Watch it with: landfall watch ${flow.name} --job refresh.`;
  try {
    await startChild<RefreshWorkflow>('refresh', {
      workflowId,
      args: [input],
      parentClosePolicy: 'ABANDON',
      cancellationType: 'ABANDON',
      staticSummary: `refresh of ${flow.name}, started by its harvest`,
      ...(set === null ? {} : { memo: { ofSet: set } }),
    });
    return `It goes on by itself as ${workflowId}. ${watchIt}`;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return `One is under way already, as ${workflowId}. ${watchIt}`;
  }
}
