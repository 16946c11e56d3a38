import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fromSetting, onPath } from './binaries.ts';
import { pings } from './mongodb-ping.ts';
import { listensOn } from './ports.ts';
import type { ServiceSpec } from './supervise.ts';

/** A `mongod` that is here already, by setting or on PATH; where there is one, it is used rather than FerretDB. */
export const mongodProgram = (): string | null => fromSetting('LANDFALL_MONGOD_BIN') ?? onPath('mongod');

export interface MongodPlace {
  readonly home: string;
  readonly port: number;
}

export function mongodService(program: string, { home, port }: MongodPlace): ServiceSpec {
  const folder = join(home, 'mongod');
  return {
    name: 'mongod',
    command: program,
    args: ['--dbpath', folder, '--bind_ip', '127.0.0.1', '--port', `${port}`, '--nounixsocket', '--quiet'],
    logFile: join(home, 'logs', 'mongod.log'),
    pidFile: join(home, 'pids', 'mongod.json'),
    stopSignal: 'SIGTERM',
    stopGraceMs: 20_000,
    prepare: async () => void mkdirSync(folder, { recursive: true }),
    ready: async (pid) => (await listensOn(pid, port)) && (await pings(port)),
  };
}
