import { existsSync, readFileSync } from 'node:fs';
import { onPath } from './on-path.js';
import { runQuietly } from './run.js';
import { Sentence, saying } from './say.js';

/** What must be on the machine: how one sees that it is there, and the Debian package that brings it. */
const NEEDED = [
  { isThere: () => onPath('rsync') !== null, name: 'rsync', debian: 'rsync' },
  {
    isThere: () => onPath('setpriv') !== null && onPath('unshare') !== null,
    name: 'setpriv and unshare (util-linux)',
    debian: 'util-linux',
    linuxOnly: true,
  },
  {
    isThere: () => onPath('apt-get') === null || existsSync('/usr/share/keyrings/debian-archive-keyring.gpg'),
    name: "Debian's archive keys",
    debian: 'debian-archive-keyring',
    linuxOnly: true,
  },
];

/** Installs what is missing where that is possible (root on Debian or Ubuntu); elsewhere says exactly what to install. */
export async function ensureSystemPackages() {
  const missing = NEEDED.filter(({ isThere, linuxOnly }) => !(linuxOnly && process.platform !== 'linux') && !isThere());
  if (missing.length === 0) return;
  const names = missing.map(({ debian }) => debian);
  if (!isDebian())
    throw new Sentence(`This machine lacks ${listing(missing.map(({ name }) => name))}. Install ${listing(names)} and try again.`);
  if (process.getuid() !== 0)
    throw new Sentence(
      `This machine lacks ${listing(missing.map(({ name }) => name))}. Run: sudo apt-get install -y --no-install-recommends ${names.join(' ')}`,
    );
  await saying(`Installing ${listing(names)} with apt`, () => install(names));
}

async function install(names) {
  const apt = (...args) =>
    runQuietly('apt-get', ['-q', ...args], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } });
  const wanted = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...names];
  if ((await apt(...wanted)).ok) return;
  await apt('update'); // lists may be missing or too old
  const { ok, output } = await apt(...wanted);
  if (!ok)
    throw new Sentence(`apt could not install ${listing(names)}. It said:\n${output.trimEnd()}\nInstall them by hand and try again.`);
}

function isDebian() {
  if (onPath('apt-get') === null) return false;
  try {
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

const listing = (names) => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`);
