// Adds to package-lock.json the optional packages of other platforms that it names but does not describe: node tools/complete-lockfile.js
// A registry that does not carry them makes `npm install` leave them out, and `npm ci` then refuses the lockfile. Run it after `npm install`.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const CPUS = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 's390x'];
const SYSTEMS = ['android', 'darwin', 'linux', 'win32', 'freebsd'];

const path = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock = JSON.parse(readFileSync(path, 'utf8'));
for (const [owner, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const key = `node_modules/${name}`;
    if (key in lock.packages || `${owner}/${key}` in lock.packages || !/^\d+\.\d+\.\d+$/.test(version)) continue;
    lock.packages[key] = entryOf(name, version, dev);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);

function entryOf(name, version, dev) {
  const words = name.split(/[-/]/);
  const among = (known) => known.filter((word) => words.includes(word));
  const libc = words.includes('musl') ? ['musl'] : words.some((word) => word.startsWith('gnu')) ? ['glibc'] : undefined;
  return { version, cpu: among(CPUS), ...(dev && { dev: true }), ...(libc && { libc }), optional: true, os: among(SYSTEMS) };
}
