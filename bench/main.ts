/**
 * Runs the benchmarks: `npm run bench`, or some of them: `npm run bench -- night`.
 * They print figures and ratios against a rival in the same run; none fails for a time.
 */
import { spawnSync } from 'node:child_process';
import { argv, execPath, exit, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';

const BENCHES = [
  'translate',
  'night',
  'quiet-night',
  'audit',
  'rebuild',
  'rebuild-plan',
  'ooi-convert',
  'ooi-append',
  'ooi-harvest-all',
] as const;

const wanted = argv.slice(2).filter((name) => !/^\d/.test(name));
const numbers = argv.slice(2).filter((name) => /^\d/.test(name));
const unknown = wanted.filter((name) => !BENCHES.some((bench) => bench === name));
if (unknown.length > 0) {
  stdout.write(`There is no benchmark ${unknown.join(', ')}. Expected some of ${BENCHES.join(', ')}.\n`);
  exit(2);
}
for (const bench of BENCHES.filter((name) => wanted.length === 0 || wanted.includes(name))) {
  stdout.write(`\n## ${bench}\n`);
  const { status } = spawnSync(execPath, [fileURLToPath(new URL(`${bench}.ts`, import.meta.url)), ...numbers], { stdio: 'inherit' });
  if (status !== 0) exit(status ?? 1);
}
