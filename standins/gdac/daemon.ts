import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { errnoOf, Failure } from '../../src/errors.ts';

export interface DaemonOptions {
  /** Where configuration, log and pid file go. */
  readonly folder: string;
  readonly port: number;
  readonly module: string;
  readonly path: string;
  readonly maxConnections?: number;
  /** Slows everything down. KiB/s. */
  readonly bandwidthKiB?: number;
  /** As root: give up root's right to read what the permissions forbid, so that an unreadable folder is one. */
  readonly obeysPermissions?: boolean;
}

export interface Daemon {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a real rsync daemon on loopback and resolves once it greets. It dies with this process, however that ends. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  mkdirSync(options.folder, { recursive: true });
  rmSync(join(options.folder, 'rsyncd.pid'), { force: true });
  const token = randomUUID();
  configure(options, token);
  const child = spawn('setpriv', daemonArguments(options), { stdio: ['ignore', 'ignore', 'ignore'], detached: true });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (cause) => reject(cannotStart(options, `setpriv cannot be run (${errnoOf(cause) ?? cause.message})`, cause)));
    child.once('exit', (code, signal) => reject(cannotStart(options, `it ended with ${signal ?? `exit status ${code}`}`)));
  });
  failed.catch(() => undefined); // an end after the start is stop()'s business
  await Promise.race([greeting(options.port, token, child), failed]);

  return { pid: child.pid ?? 0, stop: () => stopGroup(child) };
}

/** `setpriv` makes the kernel kill the daemon when its parent dies. Standard input must be no socket: rsync would take itself for started by inetd. */
function daemonArguments({ folder, port, bandwidthKiB, obeysPermissions }: DaemonOptions): readonly string[] {
  const dropped = obeysPermissions === true && isRoot() ? ['--bounding-set', '-dac_override,-dac_read_search'] : [];
  const slow = bandwidthKiB === undefined ? [] : [`--bwlimit=${bandwidthKiB}`];
  const rsync = [
    'rsync',
    '--daemon',
    '--no-detach',
    `--config=${join(folder, 'rsyncd.conf')}`,
    '--address=127.0.0.1',
    `--port=${port}`,
    ...slow,
  ];
  return ['--pdeathsig', 'KILL', ...dropped, '--', ...rsync];
}

const isRoot = (): boolean => process.getuid?.() === 0;

function configure({ folder, module, path, maxConnections }: DaemonOptions, token: string): void {
  const lines = [
    `pid file = ${join(folder, 'rsyncd.pid')}`,
    `log file = ${join(folder, 'rsyncd.log')}`,
    `lock file = ${join(folder, 'rsyncd.lock')}`,
    'use chroot = no',
    'reverse lookup = no',
    `[${module}]`,
    `path = ${path}`,
    `comment = a stand-in for an Argo data assembly centre (${token})`,
    'read only = yes',
    'list = yes',
    ...(isRoot() ? ['uid = 0', 'gid = 0'] : []), // the default, nobody, could not read private folders
    ...(maxConnections === undefined ? [] : [`max connections = ${maxConnections}`]),
  ];
  writeFileSync(join(folder, 'rsyncd.conf'), `${lines.join('\n')}\n`);
}

function cannotStart({ folder, port }: DaemonOptions, reason: string, cause?: unknown): Failure {
  const log = tail(join(folder, 'rsyncd.log'));
  return new Failure({
    kind: 'stop',
    code: 'standin_not_started',
    happened: `The rsync daemon on 127.0.0.1:${port} did not start: ${reason}${log === '' ? '' : `; its log ends with "${log}"`}`,
    expected: 'rsync and setpriv (util-linux) on the PATH, and a free port',
    remedy: 'Install them or choose another port',
    cause,
  });
}

function tail(path: string): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}

/** Connects until this very daemon answers, by the token in its list of modules: the port may be another's. Its end is reported elsewhere. */
async function greeting(port: number, token: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    if ((await moduleList(port)).includes(token)) return;
    await pause(10);
  }
  await new Promise(() => undefined);
}

/** The answer to a request for the list of modules; empty when there is none. */
function moduleList(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let answer = '';
    socket.setEncoding('latin1');
    socket.once('connect', () => socket.write('@RSYNCD: 30.0\n#list\n'));
    socket.on('data', (data) => {
      answer += String(data);
    });
    socket.once('error', () => resolve(''));
    socket.once('close', () => resolve(answer));
  });
}

/** Ends the daemon and whatever serves its connections: they share its process group. */
async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
  await ended;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
