/** Who may import whom, as data, and a reader of imports to hold files against it. Pure. */

export interface Import {
  /** As written: `../errors.ts`, `node:fs`, `zod`. */
  readonly target: string;
  /** `import type …`: gone when the code runs. `import { type A }` still loads the module, so it counts as a value. */
  readonly isType: boolean;
}

const STATIC = /^(?:import|export)\b(\s+type\b(?!\s*,|\s+from\b))?[^'";]*?\bfrom\s*['"]([^'"]+)['"]/gm;
const BARE = /^import\s*['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;
/** A module that is started as a thread. */
const THREAD = /\bnew Worker\(\s*new URL\(\s*['"](\.[^'"]+)['"]/g;

export const importsOf = (text: string): readonly Import[] => [
  ...[...text.matchAll(STATIC)].map(([, type, target = '']) => ({ target, isType: type !== undefined })),
  ...[BARE, DYNAMIC, THREAD].flatMap((form) => [...text.matchAll(form)].map(([, target = '']) => ({ target, isType: false }))),
];

const SHARED = ['formats', 'transfer', 'stores', 'observe', 'config', 'embedded', 'cli', 'web'];

/** The room that a file is in: `src/formats`, `src/errors.ts`, or with its kind `src/KIND argo`. */
export function roomOf(path: string): string {
  const [top = '', folder = '', ...rest] = path.split('/');
  if (!['src', 'activities', 'workflows'].includes(top)) return top;
  if (rest.length === 0) return path;
  const isShared = top === 'src' ? SHARED.includes(folder) : folder === 'common';
  return isShared ? `${top}/${folder}` : `${top}/KIND ${folder}`;
}

const BELOW_KINDS = ['src/errors.ts', 'src/formats', 'src/transfer', 'src/stores', 'src/config', 'src/observe'];

/** `KIND` stands for the importing file's own kind, `ANY KIND` for each. Every room may import itself; rooms that are not here may import anything. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/errors.ts': [],
  'src/formats': ['src/errors.ts'],
  'src/transfer': ['src/errors.ts', 'src/formats'],
  'src/observe': ['src/errors.ts', 'src/formats'],
  'src/config': ['src/errors.ts', 'src/observe'],
  'src/stores': ['src/errors.ts', 'src/formats', 'src/config'],
  'src/embedded': ['src/errors.ts', 'src/config', 'src/observe'],
  'src/KIND': BELOW_KINDS,
  'src/kinds.ts': ['src/ANY KIND', 'src/config', 'src/stores'],
  'src/cli': [
    'src/errors.ts',
    'src/config',
    'src/observe',
    'src/stores',
    'src/embedded',
    'src/kinds.ts',
    'src/ANY KIND',
    'src/formats',
    'workflows/ANY KIND',
    'workflows/common',
  ],
  'src/web': [
    'src/errors.ts',
    'src/config',
    'src/observe',
    'src/stores',
    'src/kinds.ts',
    'src/ANY KIND',
    'workflows/ANY KIND',
    'workflows/common',
  ],
  'activities/common': [...BELOW_KINDS, 'src/kinds.ts'],
  'activities/KIND': [...BELOW_KINDS, 'src/kinds.ts', 'src/KIND', 'activities/common'],
  'workflows/common': [...BELOW_KINDS, 'activities/common'],
  'workflows/KIND': [...BELOW_KINDS, 'src/KIND', 'activities/common', 'activities/KIND', 'workflows/common'],
  'workflows/index.ts': ['workflows/ANY KIND', 'workflows/common'],
  workers: [
    'src/kinds.ts',
    'src/ANY KIND',
    'src/embedded',
    ...BELOW_KINDS,
    'activities/ANY KIND',
    'activities/common',
    'workflows/ANY KIND',
    'workflows/common',
    'workflows/index.ts',
  ],
  standins: ['src/errors.ts', 'src/formats'],
  tools: [],
};

/** Temporal's packages, by room; rooms that are not here import none. Types and values alike. */
const TEMPORAL: Readonly<Record<string, readonly string[]>> = {
  'src/cli': ['client', 'common'],
  'src/web': ['client', 'common'],
  activities: ['activity', 'common', 'worker'],
  workflows: ['workflow', 'common'],
  // The development server's own download, tried where the machine has no other.
  tools: ['testing'],
  workers: ['activity', 'client', 'common', 'proto', 'worker'],
};

export type SourceFiles = ReadonlyMap<string, string>;

/** One sentence for each import that breaks a rule. `files`: text by path from the project's root. */
export function brokenRules(files: SourceFiles): readonly string[] {
  return [...files].flatMap(([path, text]) => importsOf(text).flatMap((one) => brokenRule(path, one) ?? []));
}

function brokenRule(path: string, { target, isType }: Import): string | undefined {
  const room = roomOf(path);
  if (!target.startsWith('.')) return isForbiddenPackage(room, target) ? `${path} imports ${target}, which is not for ${room}.` : undefined;

  const file = resolved(path, target);
  const other = roomOf(file);
  if (!mayEnter(room, other)) return `${path} imports ${file}: ${room} may not import ${other}.`;
  if (isType) return undefined;
  if (room.startsWith('workflows/') && other.startsWith('activities/'))
    return `${path} imports values of ${file}: workflows take only types of activities.`;
  if (/^src\/(cli|web)$/.test(room) && other.startsWith('workflows/') && !file.endsWith('/messages.ts')) {
    return `${path} imports values of ${file}: ${room} takes only types and message names of workflows.`;
  }
  return undefined;
}

function mayEnter(room: string, other: string): boolean {
  const allowed = MAY_IMPORT[room.replace(/ .*$/, '')];
  if (allowed === undefined || room === other) return true;
  const kind = room.split(' ')[1];
  return allowed.some(
    (one) =>
      one === other ||
      one.replace('KIND', `KIND ${kind}`) === other ||
      (one.includes('ANY KIND') && other.startsWith(one.replace('ANY ', ''))),
  );
}

function isForbiddenPackage(room: string, target: string): boolean {
  const temporal = /^@temporalio\/([a-z-]+)/.exec(target)?.[1];
  if (temporal === undefined || ['test', 'bench'].includes(room)) return false;
  const allowed = TEMPORAL[room] ?? TEMPORAL[room.split('/')[0] ?? ''] ?? [];
  return !allowed.includes(temporal);
}

/** Everything that the bundle of workflows would load and must not: what touches clock, disk or network comes in through such packages. */
export function impureReach(files: SourceFiles): readonly string[] {
  const queue = [...files.keys()].filter((path) => path.startsWith('workflows/')).map((path) => ({ path, way: path }));
  const seen = new Set(queue.map(({ path }) => path));
  const problems: string[] = [];
  for (const { path, way } of queue) {
    for (const { target, isType } of importsOf(files.get(path) ?? '')) {
      if (isType) continue;
      if (!target.startsWith('.')) {
        if (!['@temporalio/workflow', '@temporalio/common'].includes(target)) problems.push(`${way} → ${target}`);
        continue;
      }
      const next = resolved(path, target);
      if (!seen.has(next)) queue.push({ path: next, way: `${way} → ${next}` });
      seen.add(next);
    }
  }
  return problems;
}

/** Packages that are imported but not among the given ones. `@scope/name/inner` belongs to `@scope/name`. */
export function undeclaredPackages(files: SourceFiles, declared: readonly string[]): readonly string[] {
  return [...files].flatMap(([path, text]) =>
    importsOf(text)
      .filter(({ target }) => !/^(\.|node:)/.test(target))
      .map(({ target }) =>
        target
          .split('/')
          .slice(0, target.startsWith('@') ? 2 : 1)
          .join('/'),
      )
      .filter((name) => !declared.includes(name))
      .map((name) => `${path} imports ${name}, which package.json does not name.`),
  );
}

const resolved = (from: string, target: string): string => new URL(target, `file:///${from}`).pathname.slice(1);
