import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { onPath } from './on-path.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A command line whose process the kernel kills when we die, where setpriv is there (util-linux). */
function bound(command, args) {
  if (process.platform !== 'linux' || onPath('setpriv') === null) return [command, args];
  const script = `[ "$PPID" = ${process.pid} ] || exit 1; exec "$@"`;
  return ['setpriv', ['--pdeathsig', 'KILL', 'sh', '-c', script, 'sh', command, ...args]];
}

/** Runs a program quietly. `output` is all it said, for when it failed. */
export function runQuietly(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(...bound(command, args), { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });
}

/** Runs a program in our place: same terminal, our signals passed on. Resolves to how it ended, as an exit code. */
export function runInOurPlace(command, args, options = {}) {
  const child = spawn(...bound(command, args), { ...options, stdio: 'inherit' });
  // A terminal sends Ctrl-C to both of us: passing it on would make it two.
  const passedOn = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT'];
  const pass = (signal) => passedOn.includes(signal) && child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, pass);
  const watch = followParent(() => child.kill('SIGTERM'));
  return new Promise((resolve) => {
    const end = (code) => {
      clearInterval(watch);
      for (const signal of SIGNALS) process.off(signal, pass);
      resolve(code);
    };
    child.once('error', (error) => {
      console.error(error.message);
      end(127);
    });
    child.once('exit', (code, signal) => end(signal === null ? code : 128 + constants.signals[signal]));
  });
}

/** npm passes signals on, but when it is killed nobody tells us: under npm a changed parent means that it is gone. */
function followParent(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, 500);
  return timer;
}
