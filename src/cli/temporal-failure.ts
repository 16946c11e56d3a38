import { isGrpcServiceError, NamespaceNotFoundError, ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { Failure, messageOf } from '../errors.ts';

/** Status codes of gRPC for a server that is away: DEADLINE_EXCEEDED and UNAVAILABLE. */
const AWAY: ReadonlySet<number> = new Set([4, 14]);

/** What Temporal's client threw, as a failure of ours; null for everything else. */
export function temporalFailure(error: unknown): Failure | null {
  const failure = (code: string, happened: string, remedy: string): Failure =>
    new Failure({ kind: 'stop', code, happened, remedy, cause: error });
  if (error instanceof NamespaceNotFoundError) {
    return failure('no_namespace', `Temporal has no namespace "${error.namespace}"`, 'Make it, or correct TEMPORAL_NAMESPACE');
  }
  if (error instanceof WorkflowNotFoundError) {
    return failure('not_running', `${error.workflowId} is not running any more`, 'Look with: landfall status');
  }
  const cause = error instanceof ServiceError ? error.cause : error;
  if (isGrpcServiceError(cause)) {
    return AWAY.has(cause.code)
      ? failure('temporal_unreachable', `Temporal does not answer: ${cause.details}`, 'Look whether it still runs with: landfall doctor')
      : failure('temporal_refused', `Temporal refused: ${cause.details}`, 'Look at it with: landfall doctor');
  }
  return error instanceof ServiceError
    ? failure('temporal_unreachable', `Temporal could not be asked: ${messageOf(cause ?? error)}`, 'Look with: landfall doctor')
    : null;
}
