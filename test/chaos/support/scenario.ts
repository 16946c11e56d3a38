import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';

/** What is disturbed: one workflow, begun from the same state each time. */
export interface Scenario {
  readonly name: string;
  /** Folder of the mirror, by which its rsync processes are known; null: there is none. */
  readonly mirror: string | null;
  /** Brings everything to where the run begins, whatever an earlier cycle left. @param cycle its number; null: undisturbed */
  prepare(cycle: number | null): Promise<void>;
  start(): Promise<WorkflowHandleWithFirstExecutionRunId>;
  /** How the end differs from that of an undisturbed run, in sentences; empty when it does not. */
  wrongs(run: string, result: unknown): Promise<readonly string[]>;
}
