import type { z } from 'zod';
import { isSecretName } from '../observe/redact.ts';
import { found, instead, type Problem } from './problems.ts';
import { knownKeys, type Shape } from './shape.ts';

type Path = readonly PropertyKey[];

/** Turns what a schema found wrong into sentences: the found value, what was expected, the nearest known key. Schema errors that have a text of their own are kept. */
export function explain(
  issues: readonly z.core.$ZodIssue[],
  shape: Shape,
  input: unknown,
  { secret = [] }: { readonly secret?: readonly string[] } = {},
): readonly (Problem & { readonly at: Path })[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'invalid_key') return [{ at: issue.path, path: pathText(issue.path), text: wrongKey(issue) }];
    if (issue.code !== 'unrecognized_keys') return [{ at: issue.path, path: pathText(issue.path), text: wrongValue(issue, input, secret) }];
    const known = knownKeys(shape, issue.path);
    return issue.keys.map((key) => ({
      at: [...issue.path, key],
      path: pathText([...issue.path, key]),
      text: unknownKey(issue.path, key, known),
    }));
  });
}

/** The error map to parse with: says what was expected wherever a schema has no words of its own. */
export const expectation: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_NAMES.get(issue.expected) ?? issue.expected;
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `at least ${issue.minimum}${issue.origin === 'string' ? ' characters' : ''}`;
    case 'too_big':
      return `at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`;
    default:
      return 'something else';
  }
};

const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['object', 'a mapping of keys to values'],
  ['record', 'a mapping of keys to values'],
  ['array', 'a list'],
]);

/** Whoever knows such an address may use it; their names do not say so. */
const SECRET_ADDRESSES: ReadonlySet<string> = new Set(['webhook']);

function wrongValue(issue: z.core.$ZodIssue, input: unknown, secret: readonly string[]): string {
  const hidden = issue.path.some((key) => isSecretName(String(key)) || SECRET_ADDRESSES.has(String(key)) || secret.includes(String(key)));
  const value = found(valueAt(input, issue.path), { hidden });
  return `${pathText(issue.path) || 'the whole'} is ${value}. Expected ${issue.message}.`;
}

/** A key that may have many names, but not this one. */
function wrongKey({ path, issues }: z.core.$ZodIssueInvalidKey): string {
  const where = pathText(path.slice(0, -1)) || 'the whole';
  return `${where} has the key ${found(String(path.at(-1)))}. Expected ${issues[0]?.message ?? 'another'}.`;
}

function unknownKey(path: Path, key: string, known: readonly string[]): string {
  const where = path.length === 0 ? 'there is no key' : `${pathText(path)} has no key`;
  return `${where} ${found(key)}. ${instead(key, known, 'keys')}`;
}

/** `load.width`, `sources[2].url`. */
export const pathText = (path: Path): string =>
  path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`)).join('');

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) => (isMapping(at) || Array.isArray(at) ? Object.entries(at).find(([name]) => name === String(key))?.[1] : undefined),
    value,
  );
}

export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
