import { errnoOf, type Failure, isFailure, messageOf } from '../errors.ts';
import { redactText } from '../observe/redact.ts';
import type { Run } from '../stores/runs.ts';
import { temporalFailure } from './temporal-failure.ts';

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

/** What a run's end means to whoever waited for it: its health counts, for a job can do all it can and still leave something broken. */
export const exitOfRun = ({ endedAt, health }: Pick<Run, 'endedAt' | 'health'>): ExitCode =>
  endedAt !== null && health === 'ok' ? EXIT.done : EXIT.failed;

const CODES: Readonly<Record<string, ExitCode>> = {
  bad_configuration: EXIT.usage,
  usage: EXIT.usage,
  unknown_queue: EXIT.usage,
  no_namespace: EXIT.usage,
  not_applied: EXIT.usage,
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

const asFailure = (error: unknown): Failure | null => (isFailure(error) ? error : temporalFailure(error));

export function exitCodeOf(error: unknown): ExitCode {
  const failure = asFailure(error);
  return failure === null ? EXIT.failed : (CODES[failure.code] ?? EXIT.failed);
}

/** The sentence for a person. A fault of ours shows where it happened. */
export function sentenceOf(error: unknown): string {
  const failure = asFailure(error);
  if (failure !== null) return redactText(failure.message);
  if (errnoOf(error) !== undefined) return redactText(`The system refused: ${messageOf(error)}.`);
  const where = error instanceof Error && error.stack !== undefined ? `\n${error.stack}` : '';
  return redactText(`Landfall ran into a fault of its own: ${messageOf(error)}. Please report it.${where}`);
}
