import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { builtGoProgram, type GoProgram, goProgram } from './go-build.ts';
import { pings } from './mongodb-ping.ts';
import { listensOn } from './ports.ts';
import type { Report } from './progress.ts';
import type { ServiceSpec } from './supervise.ts';

/** The usual port of a MongoDB server. */
export const MONGODB_PORT = 27017;

const PROGRAM: GoProgram = {
  name: 'ferretdb',
  version: '2.7.0',
  title: 'FerretDB 2.7.0',
  module: 'github.com/FerretDB/FerretDB/v2/cmd/ferretdb@v2.7.0',
  instead: 'install MongoDB (LANDFALL_MONGOD_BIN names its mongod if it is not on PATH), or set MONGODB_URI',
};

/** FerretDB, which speaks MongoDB's protocol in front of PostgreSQL with DocumentDB; built from source into the cache. */
export const ferretdbProgram = (report: Report): Promise<string> => goProgram(PROGRAM, report);

/** Where a built one lies in the cache, or null. */
export const installedFerretdb = (): string | null => builtGoProgram(PROGRAM);

export interface FerretdbPlace {
  readonly home: string;
  readonly port: number;
  readonly postgresPort: number;
}

export function ferretdbService(program: string, { home, port, postgresPort }: FerretdbPlace): ServiceSpec {
  const folder = join(home, 'ferretdb');
  return {
    name: 'ferretdb',
    command: program,
    args: [
      `--listen-addr=127.0.0.1:${port}`,
      `--postgresql-url=postgres://postgres@127.0.0.1:${postgresPort}/postgres`,
      ...['--no-auth', '--debug-addr=-', '--telemetry=disable', `--state-dir=${folder}`],
      '--log-level=error', // at warn it logs every refused query with whole documents
    ],
    env: { ...process.env, DO_NOT_TRACK: '1' },
    logFile: join(home, 'logs', 'ferretdb.log'),
    pidFile: join(home, 'pids', 'ferretdb.json'),
    stopSignal: 'SIGTERM',
    stopGraceMs: 5_000,
    prepare: async () => void mkdirSync(folder, { recursive: true }),
    ready: async (pid) => (await listensOn(pid, port)) && (await pings(port)),
  };
}
