import type { Health } from '../../src/stores/runs.ts';
import type { JobEnd } from '../common/job.ts';

/** What every job of the kind answers with. */
export interface OoiResult<State extends string> {
  readonly flow: string;
  readonly state: State;
  readonly message: string;
  readonly record: Readonly<Record<string, unknown>>;
}

/** The end of a run: what it answers, shows and keeps. */
export const ended = <State extends string>(
  { name }: { readonly name: string },
  state: State,
  message: string,
  health: Health,
  record: Readonly<Record<string, unknown>>,
): JobEnd<OoiResult<State>> => ({
  result: { flow: name, state, message, record },
  health,
  says: message,
  record: { ...record, state, message },
});
