import { type Client, QueryNotRegisteredError, QueryRejectedError } from '@temporalio/client';
import { type ProgressAnswer, queries } from '../../workflows/common/messages.ts';
import { temporalFailure } from './temporal-failure.ts';

/** An answer needs a worker; without one nobody waits for it long. Milliseconds. */
const WITHIN_MS = 2_000;

/** What a running workflow itself says it waits for, an operator's pause included; undefined when it does not answer now. */
export async function askWhatItSays(client: Client, workflowId: string): Promise<string | null | undefined> {
  try {
    const handle = client.workflow.getHandle(workflowId);
    return (await client.withDeadline(Date.now() + WITHIN_MS, () => handle.query<ProgressAnswer>(queries.progress))).says;
  } catch (error) {
    if (isNoAnswer(error)) return undefined;
    throw error;
  }
}

const isNoAnswer = (error: unknown): boolean =>
  temporalFailure(error) !== null || error instanceof QueryNotRegisteredError || error instanceof QueryRejectedError;
