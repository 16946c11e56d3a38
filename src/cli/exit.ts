import { isFailure, messageOf } from '../errors.ts';
import { redactText } from '../observe/redact.ts';

/** What the exit status of every command means. */
export const EXIT = {
  done: 0,
  /** The job failed, or something is wrong that the message names. */
  failed: 1,
  /** Wrong usage, settings or flow files: nothing was started. */
  usage: 2,
  /** Temporal or the database cannot be reached. */
  unreachable: 3,
  /** The flow is being worked on by another run. */
  busy: 4,
  /** Ended by Ctrl-C, SIGTERM or SIGHUP before it was done. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const CODES: Readonly<Record<string, ExitCode>> = {
  bad_configuration: EXIT.usage,
  unknown_queue: EXIT.usage,
  usage: EXIT.usage,
  missing_secret: EXIT.usage,
  no_servers: EXIT.unreachable,
  database_unreachable: EXIT.unreachable,
  temporal_unreachable: EXIT.unreachable,
  flow_busy: EXIT.busy,
  no_such_tree: EXIT.usage,
  not_a_profile_file: EXIT.usage,
  interrupted: EXIT.interrupted,
};

export const exitCodeOf = (error: unknown): ExitCode => (isFailure(error) ? (CODES[error.code] ?? EXIT.failed) : EXIT.failed);

/** The sentence for a person. A fault of ours shows where it happened. */
export function sentenceOf(error: unknown): string {
  if (isFailure(error)) return redactText(error.message);
  const where = error instanceof Error && error.stack !== undefined ? `\n${error.stack}` : '';
  return redactText(`Landfall ran into a fault of its own: ${messageOf(error)}. Please report it.${where}`);
}
