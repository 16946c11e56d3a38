import { existsSync, readdirSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Sentence } from './say.js';

/** The kinds of test, in the order in which a fault shows soonest. */
const KINDS = ['unit', 'contract', 'golden', 'workflow', 'replay', 'chaos', 'e2e'];

/** Kinds whose tests start no server. */
const SERVERLESS = /^(\.\/)?test\/(unit|golden)(\/|$)/;

/**
 * The command lines of each command, run one after another in the project's folder by the pinned Node.
 * `node` says that the pinned Node runs it; all others are programs of their own.
 */
export const COMMANDS = {
  demo: (args) => [['src/cli/main.ts', 'demo', ...args]],
  test: testLines,
  check: (args, root) => [
    [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'ci', ...args],
    [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit'],
  ],
  format: (args, root) => [[join(root, 'node_modules/@biomejs/biome/bin/biome'), 'check', '--write', ...args]],
  fuzz: (args, root) => filesIn(root, 'test/fuzz').map((file) => [file, ...args]),
  chaos: (args) => [['src/embedded/install.ts'], ['test/chaos/main.ts', ...args]],
  bench: (args) => [['bench/main.ts', ...args]],
};

/** `npm test`, or `npm test -- test/unit test/contract/lock.test.ts --test-name-pattern=stale`. */
function testLines(args, root) {
  const { flags, paths } = split(args, root);
  const patterns = paths.length === 0 ? KINDS.map((kind) => `test/${kind}/**/*.test.ts`) : paths.map((path) => patternOf(root, path));
  // Two files more than there are processors: many wait for a killed worker's heartbeat to be missed.
  const atOnce = Math.max(2, cpus().length) + 2;
  const standard = ['--test', '--test-reporter=spec', '--test-timeout=600000', `--test-concurrency=${atOnce}`];
  const install = paths.length > 0 && paths.every((path) => SERVERLESS.test(path)) ? [] : [['src/embedded/install.ts']];
  return [...install, [...standard, ...flags, ...patterns]];
}

function split(args, root) {
  const isPath = (arg) => !arg.startsWith('-') && (/[*?[{]/.test(arg) || existsSync(join(root, arg)));
  return { paths: args.filter(isPath), flags: args.filter((arg) => !isPath(arg)) };
}

const patternOf = (root, path) =>
  statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() ? `${path.replace(/\/+$/, '')}/**/*.test.ts` : path;

function filesIn(root, folder) {
  const files = existsSync(join(root, folder)) ? readdirSync(join(root, folder)).filter((name) => name.endsWith('.ts')) : [];
  if (files.length === 0) throw new Sentence(`${folder} holds nothing to run.`);
  return files.sort().map((name) => `${folder}/${name}`);
}
