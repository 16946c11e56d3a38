import { nearest } from './nearest.ts';
import { quoted } from './quoted.ts';

/** What a job can be told beside its flow: a field of its input in the Web UI, an option of `landfall run`. */
export type JobOption =
  | { readonly type: 'flag'; readonly does: string }
  | { readonly type: 'count'; readonly does: string; readonly least: number; readonly most: number }
  /** `words`: it is one of these, or a list of them. `isRight`: whether it is one, where more is asked of it than that it is a text. */
  | {
      readonly type: 'text';
      readonly does: string;
      readonly example: string;
      readonly words?: readonly string[];
      readonly isRight?: (text: string) => boolean;
    }
  | { readonly type: 'list'; readonly does: string; readonly example: string; readonly words?: readonly string[] };

/** One job of a kind, as operators know it. */
export interface JobSpec {
  /** What it does, in a line. */
  readonly does: string;
  /**
   * `write`: works under the flow's lease, one at a time. `own`: changes products and guards each change by itself, so that it goes on beside
   * the others; one of each job. `read`: changes no product, and goes on beside all; one of each job.
   */
  readonly access: 'write' | 'own' | 'read';
  /** What it works on several of at once, such as `batches`; absent: it works on one thing at a time. */
  readonly width?: string;
  readonly options: Readonly<Record<string, JobOption>>;
  /** Why options that are right each by itself cannot be together, a sentence; null: they can. Absent: they always can. Pure. */
  readonly disagreement?: (input: Readonly<Record<string, unknown>>, now: Date) => string | null;
}

/** What every job is started with. */
export interface JobInput {
  readonly flow: string;
}

/** Characters of a text that a person types; what is longer goes by mistake, and would not fit into the history of a run. */
const LONGEST_TEXT = 1000;

/** Set by Landfall, never by a person: what a long run takes along when it goes on as new. */
export const GO_ON = 'goOn';

/** Why a text typed as a job's input cannot be used, whole sentences; empty: it can. Pure. */
export function inputProblems(job: string, { options, disagreement }: JobSpec, input: unknown, now = new Date()): readonly string[] {
  const form = `{"flow":"NAME"${Object.keys(options).length === 0 ? '' : ', …'}}`;
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return [`The input of ${job} is ${quoted(input)}. Expected one object, such as ${form}.`];
  }
  const problems = Object.entries(input).flatMap(([key, value]) => {
    if (key === 'flow' || key === GO_ON) return [];
    const option = Object.hasOwn(options, key) ? options[key] : undefined;
    if (option !== undefined) return problemOf(key, option, value);
    const known = ['flow', ...Object.keys(options)];
    const near = nearest(key, known);
    return [`${job} takes no ${quoted(key)}.${near === undefined ? ` It takes ${known.join(', ')}.` : ` Is it "${near}"?`}`];
  });
  const together = problems.length > 0 ? null : (disagreement?.({ ...input }, now) ?? null);
  return together === null ? problems : [together];
}

const isOneOf = (words: readonly string[], value: unknown): boolean => words.some((word) => word === value);

function problemOf(key: string, option: JobOption, value: unknown): readonly string[] {
  const expected = (what: string): readonly string[] => [`"${key}" is ${quoted(value)}. Expected ${what}.`];
  switch (option.type) {
    case 'flag':
      return typeof value === 'boolean' ? [] : expected('true or false');
    case 'count':
      return typeof value === 'number' && Number.isInteger(value) && value >= option.least && value <= option.most
        ? []
        : expected(`a whole number from ${option.least} to ${option.most}`);
    case 'text':
      if (typeof value === 'string' && value.length > LONGEST_TEXT) return expected(`a text of at most ${LONGEST_TEXT} characters`);
      if (option.words !== undefined) return isOneOf(option.words, value) ? [] : expected(`one of ${option.words.join(', ')}`);
      if (option.isRight !== undefined)
        return typeof value === 'string' && option.isRight(value) ? [] : expected(`one such as ${JSON.stringify(option.example)}`);
      return typeof value === 'string' && value !== '' ? [] : expected(`a text, such as ${JSON.stringify(option.example)}`);
    case 'list':
      if (Array.isArray(value) && option.words !== undefined && !value.every((part) => isOneOf(option.words ?? [], part)))
        return expected(`a list of some of ${option.words.join(', ')}`);
      return Array.isArray(value) && value.every((part) => typeof part === 'string')
        ? []
        : expected(`a list of texts, such as [${JSON.stringify(option.example)}]`);
  }
}

/** The lease a job works under: the flow's own, or one of the job alone for jobs that go on beside the others. */
export const leaseOf = (flow: string, job: string, access: JobSpec['access']): string => (access === 'write' ? flow : `${flow}#${job}`);
