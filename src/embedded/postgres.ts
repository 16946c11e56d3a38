import { existsSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { errnoOf } from '../errors.ts';
import { type ProcessId, processStartTime } from './liveness.ts';
import { listensOn } from './ports.ts';
import { CREATE_DOCUMENTDB, DOCUMENTDB_SETTINGS, ensureData } from './postgres-data.ts';
import type { PostgresProgram } from './postgres-install.ts';
import { endProcess } from './process.ts';
import type { Report } from './progress.ts';
import type { ServiceSpec } from './supervise.ts';
import type { Unprivileged } from './unprivileged.ts';

export interface PostgresPlace {
  readonly home: string;
  readonly port: number;
  readonly report: Report;
}

/**
 * How PostgreSQL is run: on loopback over TCP alone, since a socket's path may not pass 107 bytes.
 * Logging each job of DocumentDB would fill the disk.
 */
export function postgresService(program: PostgresProgram, unprivileged: Unprivileged, { home, port, report }: PostgresPlace): ServiceSpec {
  const data = join(home, 'postgres');
  const settings = {
    listen_addresses: '127.0.0.1',
    port: `${port}`,
    unix_socket_directories: '',
    ...DOCUMENTDB_SETTINGS,
    'cron.log_run': 'off',
    log_timezone: 'UTC',
    timezone: 'UTC',
  };
  const command = unprivileged.wrap(join(program.bin, 'postgres'), [
    ...['-D', data],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  return {
    name: 'postgres',
    command: command[0],
    args: command[1],
    cwd: home,
    logFile: join(home, 'logs', 'postgres.log'),
    pidFile: join(home, 'pids', 'postgres.json'),
    stopSignal: 'SIGINT', // fast shutdown: sessions are ended, a checkpoint is written
    stopGraceMs: 20_000,
    prepare: async () => {
      await endStrays(data);
      await ensureData(data, { program, unprivileged, report });
    },
    ready: async (pid) => (await listensOn(pid, port)) && (await hasDocumentdb(program, port)),
  };
}

/** True once the extension is there, which a home of an earlier release may lack. */
async function hasDocumentdb({ bin }: PostgresProgram, port: number): Promise<boolean> {
  const statement = `SET client_min_messages = error; ${CREATE_DOCUMENTDB}`;
  const args = ['-X', '-q', '-h', '127.0.0.1', '-p', `${port}`, '-U', 'postgres', '-d', 'postgres', '-c', statement];
  const { failed } = await execa(join(bin, 'psql'), args, { reject: false, stdin: 'ignore', env: { PGCONNECT_TIMEOUT: '5' } });
  return !failed;
}

/**
 * Ends PostgreSQL processes that still work in this folder, then forgets the lock file of the dead one.
 * Two servers in one folder would destroy it; the lock file alone says little, since its process number may be anybody's by now.
 */
async function endStrays(data: string): Promise<void> {
  if (!existsSync(data)) return;
  const folder = realpathSync(data);
  for (const stray of postgresProcessesIn(folder)) await endProcess(stray);
  rmSync(join(data, 'postmaster.pid'), { force: true });
}

/** PostgreSQL makes its data folder every process's working folder. */
function postgresProcessesIn(folder: string): readonly ProcessId[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => linkOf(`/proc/${name}/cwd`) === folder && linkOf(`/proc/${name}/exe`).endsWith('/postgres'))
    .flatMap((name) => {
      const startTime = processStartTime(Number(name));
      return startTime === null ? [] : [{ pid: Number(name), startTime }];
    });
}

/** Processes end while one looks, and others' may not be looked at. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ESRCH' || code === 'EPERM') return '';
    throw error;
  }
}
