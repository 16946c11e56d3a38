import { dirname, resolve } from 'node:path';
import { expectation, explain, isMapping } from './explain.ts';
import type { Flow, KindSchema } from './flow.ts';
import { ConfigError, found, instead, type Problem } from './problems.ts';
import { alternatives, below, type Shape, shapeOf } from './shape.ts';
import { readYaml } from './yaml.ts';

/** A flow file as it was read: the flow, or its problems and what the file calls it when that is text at all. */
export type ReadFlow<KindFlow extends Flow> =
  | { readonly state: 'good'; readonly file: string; readonly name: string; readonly nameLine: number; readonly flow: KindFlow }
  | { readonly state: 'broken'; readonly file: string; readonly name: string | undefined; readonly problems: readonly Problem[] };

/**
 * Reads the text of a flow file. Relative paths in it are resolved against the folder of `file`.
 *
 * @throws {ConfigError} with every problem of the text.
 */
export function parseFlow<KindFlow extends Flow>(text: string, file: string, kinds: readonly KindSchema<KindFlow>[]): KindFlow {
  const read = readFlow(text, file, kinds);
  if (read.state === 'good') return read.flow;
  throw new ConfigError(`the flow file ${read.file}`, read.problems);
}

export function readFlow<KindFlow extends Flow>(text: string, file: string, kinds: readonly KindSchema<KindFlow>[]): ReadFlow<KindFlow> {
  const yaml = readYaml(text);
  if (!('value' in yaml)) return { state: 'broken', file, name: undefined, problems: yaml.map((problem) => ({ file, ...problem })) };

  const { value, lineOf } = yaml;
  const name = isMapping(value) && typeof value.name === 'string' ? value.name : undefined;
  const broken = (problems: readonly Omit<Problem, 'file'>[]): ReadFlow<KindFlow> => ({
    state: 'broken',
    file,
    name,
    problems: problems.map((problem) => ({ file, ...problem })),
  });
  if (!isMapping(value)) {
    return broken([
      { line: 1, path: '', text: `the file is ${found(value)}. Expected a mapping of keys to values, name and kind among them.` },
    ]);
  }
  const kind = kinds.find((candidate) => candidate.kind === value.kind);
  if (kind === undefined) return broken([{ line: lineOf(['kind']), path: 'kind', text: unknownKind(value.kind, kinds) }]);

  const schema = kind.formOf?.(value) ?? kind.schema;
  const shape = shapeOf(schema);
  const parsed = schema.safeParse(resolvePaths(value, shape, resolve(dirname(file))), { error: expectation });
  if (parsed.success) return { state: 'good', file, name: parsed.data.name, nameLine: lineOf(['name']), flow: parsed.data };
  const problems = explain(parsed.error.issues, shape, value).map(({ at, path, text }) => ({ line: lineOf(at), path, text }));
  return broken(problems.toSorted((a, b) => a.line - b.line));
}

function unknownKind(kind: unknown, kinds: readonly KindSchema[]): string {
  const known = kinds.map((candidate) => candidate.kind);
  return typeof kind === 'string' && kind !== ''
    ? `there is no kind ${found(kind)}. ${instead(kind, known, 'kinds')}`
    : `kind is ${found(kind)}. Expected one of ${known.join(', ')}.`;
}

/** Makes every text absolute that the schema calls a path. `~` is left for the schema to refuse. */
function resolvePaths(value: unknown, shape: Shape | undefined, folder: string): unknown {
  const shapes = alternatives(shape);
  if (typeof value === 'string') {
    const isPath = shapes.some(({ format }) => format === 'path' || (format === 'place' && !value.includes('://')));
    return isPath && /^[^~-]/.test(value) ? resolve(folder, value) : value;
  }
  const inside = (element: unknown, key: PropertyKey): unknown => resolvePaths(element, below(shapes, key), folder);
  if (Array.isArray(value)) return value.map(inside);
  return isMapping(value) ? Object.fromEntries(Object.entries(value).map(([key, element]) => [key, inside(element, key)])) : value;
}
