import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import type { Settings } from '../src/config/settings.ts';
import { temporalConnection } from '../src/config/temporal-connection.ts';
import type { LeaseHolder } from '../src/stores/leases.ts';

export interface TemporalClient {
  readonly client: Client;
  readonly connection: Connection;
}

export async function connectClient(settings: Settings, address: string): Promise<TemporalClient> {
  const connection = await Connection.connect(temporalConnection(settings, address));
  return { connection, client: new Client({ connection, namespace: settings.temporal.namespace }) };
}

/** Whether the chain of runs that holds a lease is still open. A run that goes on as new keeps its first run id. */
export async function isAlive(client: Client, { workflowId, runId }: LeaseHolder): Promise<boolean> {
  try {
    const described = await client.workflow.getHandle(workflowId).describe();
    return described.status.name === 'RUNNING' && described.raw.workflowExecutionInfo?.firstRunId === runId;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
