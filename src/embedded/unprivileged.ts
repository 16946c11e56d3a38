import { chownSync } from 'node:fs';
import { execa } from 'execa';

/** How a program that refuses to be root is run. */
export interface Unprivileged {
  /** Whose its files are. */
  readonly user: 'oneself' | 'nobody';
  readonly wrap: (command: string, args: readonly string[]) => readonly [command: string, args: readonly string[]];
  /** Gives a fresh data folder to the user that the program will be. */
  readonly own: (folder: string) => void;
}

/** `nobody`, on every Linux. */
const NOBODY = 65534;

const asOurselves: Unprivileged = { user: 'oneself', wrap: (command, args) => [command, args], own: () => undefined };

/** Nobody inside a user namespace, root outside: the data folder stays root's own. */
const inNamespace: Unprivileged = {
  user: 'oneself',
  wrap: (command, args) => ['unshare', ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, ...again(command, args)]],
  own: () => undefined,
};

/**
 * Nobody for real, where user namespaces are forbidden. It keeps the right to pass through folders that are root's own;
 * without `no_setuid_fixup` access(2), by which initdb looks for its programs, would not count that right.
 */
export const asNobody: Unprivileged = {
  user: 'nobody',
  wrap: (command, args) => {
    const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
    const rights = [
      '--securebits=+no_setuid_fixup',
      '--inh-caps=-all,+dac_override',
      '--ambient-caps=-all,+dac_override',
      '--bounding-set=-all,+dac_override',
    ];
    return ['setpriv', [...user, ...rights, ...again(command, args)]];
  },
  own: (folder) => chownSync(folder, NOBODY, NOBODY),
};

/** A change of user may undo what `bound` asked of the kernel: it is asked again, inside. */
const again = (command: string, args: readonly string[]): readonly string[] => ['setpriv', '--pdeathsig', 'KILL', command, ...args];

/** The way that works here. */
export async function unprivileged(): Promise<Unprivileged> {
  if (process.getuid?.() !== 0) return asOurselves;
  const [command, args] = inNamespace.wrap('true', []);
  const { failed } = await execa(command, args, { reject: false, stdin: 'ignore' });
  return failed ? asNobody : inNamespace;
}
