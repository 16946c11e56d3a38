import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';

/** What is disturbed: one workflow, begun from the same state each time. */
export interface Scenario {
  readonly name: string;
  /** Folder of the mirror, by which its rsync processes are known. */
  readonly mirror: string;
  /** Brings everything to where the run begins, whatever an earlier cycle left. */
  prepare(): Promise<void>;
  start(): Promise<WorkflowHandleWithFirstExecutionRunId>;
  /** How the end differs from that of an undisturbed run, in sentences; empty when it does not. */
  wrongs(run: string, result: unknown): Promise<readonly string[]>;
}
