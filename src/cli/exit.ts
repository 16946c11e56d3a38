import { isGrpcServiceError } from '@temporalio/client';
import { errnoOf, isFailure, messageOf } from '../errors.ts';
import { redactText } from '../observe/redact.ts';

/** What the exit status of every command means. */
export const EXIT = {
  done: 0,
  /** The job failed or was stopped, or something is wrong that the message names. */
  failed: 1,
  /** Wrong usage, settings or flow files: nothing was started. */
  usage: 2,
  /** Temporal or the database cannot be reached. */
  unreachable: 3,
  /** The flow is being worked on by another run. */
  busy: 4,
  /** Ended before its work was done by a closed terminal, Ctrl-C or a stop from outside: 128 and the signal's number, as shells count. */
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const CODES: Readonly<Record<string, ExitCode>> = {
  bad_configuration: EXIT.usage,
  usage: EXIT.usage,
  unknown_queue: EXIT.usage,
  unknown_item: EXIT.usage,
  bad_item: EXIT.usage,
  missing_secret: EXIT.usage,
  no_such_tree: EXIT.usage,
  not_a_profile_file: EXIT.usage,
  no_servers: EXIT.unreachable,
  database_unreachable: EXIT.unreachable,
  temporal_unreachable: EXIT.unreachable,
  flow_busy: EXIT.busy,
  ended_by_sighup: EXIT.hungUp,
  ended_by_sigint: EXIT.interrupted,
  ended_by_sigterm: EXIT.terminated,
};

/** Status codes of gRPC for a server that is away: DEADLINE_EXCEEDED and UNAVAILABLE. */
const AWAY: ReadonlySet<number> = new Set([4, 14]);

export function exitCodeOf(error: unknown): ExitCode {
  if (isFailure(error)) return CODES[error.code] ?? EXIT.failed;
  return isGrpcServiceError(error) && AWAY.has(error.code) ? EXIT.unreachable : EXIT.failed;
}

/** The sentence for a person. A fault of ours shows where it happened. */
export function sentenceOf(error: unknown): string {
  if (isFailure(error)) return redactText(error.message);
  if (isGrpcServiceError(error)) return redactText(grpcSentence(error.code, error.details));
  if (errnoOf(error) !== undefined) return redactText(`The system refused: ${messageOf(error)}.`);
  const where = error instanceof Error && error.stack !== undefined ? `\n${error.stack}` : '';
  return redactText(`Landfall ran into a fault of its own: ${messageOf(error)}. Please report it.${where}`);
}

const grpcSentence = (code: number, details: string): string =>
  AWAY.has(code)
    ? `Temporal does not answer any more: ${details}. Look whether it still runs with: landfall doctor.`
    : `Temporal refused: ${details}. Check TEMPORAL_NAMESPACE and the rights of this client.`;
