import { CommanderError } from 'commander';
import { errnoOf, isFailure } from '../errors.ts';
import { EXIT, type ExitCode, exitCodeOf, sentenceOf } from './exit.ts';
import { remark, say } from './output.ts';
import { temporalFailure } from './temporal-failure.ts';

/** Why a command did not do what it was asked, for machines. */
export interface Complaint {
  readonly error: {
    /** Stable, snake_case: `usage`, `bad_configuration`, `flow_busy`, …; `fault` is one of Landfall's own. */
    readonly code: string;
    readonly message: string;
    readonly exit: ExitCode;
  };
}

/** The sentence on standard error; with `--json` also as one value on standard output, which then never stays empty. */
export function complain(error: unknown, isJson: boolean): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
  const complaint = complaintOf(error);
  // Commander has said it already, and how the command is used.
  if (!(error instanceof CommanderError)) remark(complaint.error.message);
  if (isJson) say(JSON.stringify(complaint));
  return complaint.error.exit;
}

export function complaintOf(error: unknown): Complaint {
  if (error instanceof CommanderError) {
    const message = error.code === 'commander.help' ? 'A command is missing.' : error.message.replace(/^error: /, '');
    return { error: { code: 'usage', message, exit: EXIT.usage } };
  }
  const code = (isFailure(error) ? error : temporalFailure(error))?.code ?? (errnoOf(error) === undefined ? 'fault' : 'system_refused');
  return { error: { code, message: sentenceOf(error), exit: exitCodeOf(error) } };
}
