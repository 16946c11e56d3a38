import { Failure } from '../errors.ts';
import { redactText } from '../observe/redact.ts';
import { nearest } from './nearest.ts';

/** One thing that is wrong in a flow file or in the environment. */
export interface Problem {
  /** The flow file; absent for a setting. */
  readonly file?: string;
  /** From 1; absent when the problem is not at a line (a file that cannot be read, a setting). */
  readonly line?: number;
  /** Where in the file, `load.width`; or the name of the environment variable. Empty: the whole file. */
  readonly path: string;
  /** Whole sentences: what was found, what was expected. Never holds a secret. */
  readonly text: string;
}

/** A message goes into logs and histories, which take a few lines and not the twenty thousand that a data file under a flow's name gives. */
const MOST_SHOWN = 100;

/** Configuration that cannot be used: everything that is wrong with it, at once. A `Failure` of kind `stop`, code `bad_configuration`. */
export class ConfigError extends Failure {
  readonly problems: readonly Problem[];

  /** @param subject  what was read, as it stands in a sentence: `the flow files`, `the environment`. */
  constructor(subject: string, problems: readonly Problem[]) {
    const lines = problems.slice(0, MOST_SHOWN).map((problem) => `  ${problemLine(problem)}`);
    const more = problems.length > MOST_SHOWN ? [`  and ${problems.length - MOST_SHOWN} more`] : [];
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super({
      kind: 'stop',
      code: 'bad_configuration',
      happened: `${count} in ${subject}:\n${[...lines, ...more].join('\n')}`,
    });
    this.problems = problems;
  }
}

/** `flows/argo.yaml:5: load.width is "four". Expected …` */
export function problemLine({ file, line, text }: Problem): string {
  const where = [file, line].filter((part) => part !== undefined).join(':');
  return where === '' ? text : `${where}: ${text}`;
}

const LONGEST_FOUND = 60;

/** A found value as a sentence shows it. Secrets, and text that may hold one, are not shown. */
export function found(value: unknown, { hidden = false }: { readonly hidden?: boolean } = {}): string {
  if (value === undefined) return 'missing';
  if (value === null || value === '') return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (hidden) return typeof value === 'string' ? 'text that is not shown here' : `a ${typeof value} that is not shown here`;
  if (typeof value !== 'string') return String(value);
  const text = redactText(value);
  return JSON.stringify(text.length > LONGEST_FOUND ? `${text.slice(0, LONGEST_FOUND)}…` : text);
}

/** What to write instead of an unknown word: the nearest known one, or the list of them. */
export function instead(word: string, known: readonly string[], several: string): string {
  const near = nearest(word, known);
  if (near !== undefined) return `Did you mean ${near}?`;
  return known.length === 0 ? `There are no ${several} here.` : `Known ${several}: ${known.join(', ')}.`;
}
