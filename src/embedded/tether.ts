/**
 * A command line whose process ends with ours, however we end.
 *
 * The kernel kills it when we die (`setpriv --pdeathsig`, prctl(2)). Should we die before that is arranged, the shell finds another
 * parent than us and ends instead of becoming the program.
 */
export function bound(command: string, args: readonly string[]): readonly [command: string, args: readonly string[]] {
  const script = `[ "$PPID" = ${process.pid} ] || exit 1; exec "$@"`;
  return ['setpriv', ['--pdeathsig', 'KILL', 'sh', '-c', script, 'sh', command, ...args]];
}
