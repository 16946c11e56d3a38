import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface RsyncDaemon {
  readonly port: number;
  readonly pid: number;
  /** `rsync://127.0.0.1:<port>/argo/` */
  readonly url: string;
  stop(): Promise<void>;
}

export interface RsyncDaemonOptions {
  /** Further lines of the module's section, `auth users = argo` for example. */
  readonly moduleLines?: readonly string[];
  /** `name:password` lines; makes the module ask for them. */
  readonly secrets?: string;
  readonly port?: number;
}

/** A real rsync daemon on loopback whose module `argo` is `root`. It dies with the test process. */
export async function startRsyncDaemon(root: string, options: RsyncDaemonOptions = {}): Promise<RsyncDaemon> {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-rsyncd-'));
  const port = options.port ?? (await freePort());
  const secrets = join(folder, 'secrets');
  if (options.secrets !== undefined) await writeFile(secrets, options.secrets);
  if (options.secrets !== undefined) await chmod(secrets, 0o600);
  const lines = [
    'use chroot = no',
    `log file = ${join(folder, 'log')}`,
    '[argo]',
    `path = ${root}`,
    'read only = yes',
    ...(options.secrets === undefined ? [] : [`secrets file = ${secrets}`, 'auth users = *']),
    ...(options.moduleLines ?? []),
  ];
  const config = join(folder, 'rsyncd.conf');
  await writeFile(config, `${lines.join('\n')}\n`);
  const args = ['--pdeathsig', 'KILL', 'rsync', '--daemon', '--no-detach', '--address=127.0.0.1', `--port=${port}`, `--config=${config}`];
  const daemon = spawn('setpriv', args, { stdio: 'ignore' });
  await answering(daemon, port);
  return {
    port,
    pid: daemon.pid ?? 0,
    url: `rsync://127.0.0.1:${port}/argo/`,
    async stop() {
      if (daemon.exitCode === null && daemon.signalCode === null) {
        const exit = once(daemon, 'exit');
        daemon.kill('SIGTERM');
        await exit;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The system gave no port number.');
  return address.port;
}

async function answering(daemon: ChildProcess, port: number): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if (daemon.exitCode !== null) throw new Error(`rsync --daemon ended with status ${daemon.exitCode} on port ${port}.`);
    if (await connects(port)) return;
    await delay(20);
  }
  throw new Error(`rsync --daemon does not answer on port ${port}.`);
}

async function connects(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
