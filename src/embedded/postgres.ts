import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { errnoOf, Failure } from '../errors.ts';
import { type ProcessId, processStartTime } from './liveness.ts';
import { listensOn } from './ports.ts';
import { POSTGRES_MAJOR, type PostgresProgram } from './postgres-install.ts';
import { endProcess } from './process.ts';
import type { ServiceSpec } from './supervise.ts';
import { bound } from './tether.ts';
import type { Unprivileged } from './unprivileged.ts';

export interface PostgresPlace {
  readonly home: string;
  readonly port: number;
}

/**
 * How PostgreSQL is run: on loopback over TCP alone, since a socket's path may not pass 107 bytes.
 * DocumentDB needs its libraries loaded at the start and keeps its jobs with pg_cron; logging each of those would fill the disk.
 */
export function postgresService(program: PostgresProgram, unprivileged: Unprivileged, { home, port }: PostgresPlace): ServiceSpec {
  const data = join(home, 'postgres');
  const settings = {
    listen_addresses: '127.0.0.1',
    port: `${port}`,
    unix_socket_directories: '',
    shared_preload_libraries: 'pg_cron, pg_documentdb_core, pg_documentdb',
    'cron.database_name': 'postgres',
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
      await initialise(program, unprivileged, data);
    },
    ready: async (pid) => listensOn(pid, port) && (await hasDocumentdb(program, port)),
  };
}

/** A database folder is made aside and renamed, so a killed start leaves none that is half made. */
async function initialise(program: PostgresProgram, unprivileged: Unprivileged, data: string): Promise<void> {
  if (existsSync(data)) return requireSameMajor(data);
  const aside = `${data}.new`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  unprivileged.own(aside);
  const args = ['-D', aside, '-U', 'postgres', '--no-locale', '-E', 'UTF8', '-A', 'trust'];
  const [command, bounded] = bound(...unprivileged.wrap(join(program.bin, 'initdb'), args));
  const { failed, stderr } = await execa(command, bounded, { reject: false, stdin: 'ignore' });
  if (failed) {
    throw new Failure({
      kind: 'stop',
      code: 'database_not_created',
      happened: `PostgreSQL could not create its data folder ${data}:\n${stderr.trimEnd()}\n`,
      remedy: 'Check free space and permissions there, or choose another place with --home',
    });
  }
  renameSync(aside, data);
}

function requireSameMajor(data: string): void {
  const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (found === POSTGRES_MAJOR) return;
  throw new Failure({
    kind: 'stop',
    code: 'database_of_other_version',
    happened: `${data} was written by PostgreSQL ${found}`,
    expected: `PostgreSQL ${POSTGRES_MAJOR}`,
    remedy: 'Move it away (the next mirror fills a new one), or choose another place with --home',
  });
}

/** True once the extension is there; created on the first start, and found on later ones. */
async function hasDocumentdb({ bin }: PostgresProgram, port: number): Promise<boolean> {
  const statement = 'SET client_min_messages = error; CREATE EXTENSION IF NOT EXISTS documentdb CASCADE';
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
