import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fromSetting, onPath } from './binaries.ts';
import { builtGoProgram, type GoProgram, goProgram } from './go-build.ts';
import { ensureObjectServerKeys, objectServerFolder } from './object-server-keys.ts';
import { listensOn } from './ports.ts';
import type { Report } from './progress.ts';
import type { ServiceSpec } from './supervise.ts';

/** The port that versitygw's own documentation uses; S3 has none of its own. */
export const S3_PORT = 7070;

const PROGRAM: GoProgram = {
  name: 'versitygw',
  version: '1.8.0',
  title: 'versitygw 1.8.0 (S3)',
  module: 'github.com/versity/versitygw/cmd/versitygw@v1.8.0',
  instead: 'install versitygw (https://github.com/versity/versitygw), or name it in LANDFALL_VERSITYGW_BIN, or set S3_ENDPOINT',
};

/** The `versitygw` program, an S3 server over a folder: by setting, on PATH, in the cache, else built from source. */
export const versitygwProgram = async (report: Report): Promise<string> => installedVersitygw() ?? (await goProgram(PROGRAM, report));

/** The one that is here already, or null. */
export const installedVersitygw = (): string | null =>
  fromSetting('LANDFALL_VERSITYGW_BIN') ?? onPath('versitygw') ?? builtGoProgram(PROGRAM);

export interface VersitygwPlace {
  readonly home: string;
  readonly port: number;
  /** Whether what S3 knows of an object besides its bytes lies apart from it. */
  readonly hasSidecar: boolean;
}

const HEALTH = '/health';

const sidecarFolder = (home: string): string => join(objectServerFolder(home), 'metadata');

/** What its first start found out about the file system holds for this home for good: objects are looked up in one way only. */
export const usesSidecar = (home: string): boolean => existsSync(sidecarFolder(home));

/** How it says that the file system keeps no extended attributes. */
export const lacksAttributes = (message: string): boolean => /xattrs? .*not supported/i.test(message);

/**
 * Objects are plain files below `s3/data`, each bucket a folder. What S3 knows of them besides (entity tag, checksum) are extended
 * attributes, set before a file gets its name. Where there are none, a sidecar holds them: written before the file, so that a server that is
 * killed between the two leaves the old bytes under the new tag.
 */
export function versitygwService(program: string, { home, port, hasSidecar }: VersitygwPlace): ServiceSpec {
  const folder = objectServerFolder(home);
  const data = join(folder, 'data');
  const sidecar = hasSidecar ? [sidecarFolder(home)] : [];
  const { accessKey, secretKey } = ensureObjectServerKeys(home);
  return {
    name: 'versitygw',
    command: program,
    args: [
      ...['--port', `127.0.0.1:${port}`, '--health', HEALTH, '--keep-alive', '--quiet'],
      ...['posix', ...sidecar.flatMap((beside) => ['--sidecar', beside]), data],
    ],
    // By the environment, since a command line is for every user of the machine to read; under both names that its releases know.
    env: {
      ...process.env,
      ROOT_ACCESS_KEY_ID: accessKey.reveal(),
      ROOT_ACCESS_KEY: accessKey.reveal(),
      ROOT_SECRET_ACCESS_KEY: secretKey.reveal(),
      ROOT_SECRET_KEY: secretKey.reveal(),
    },
    logFile: join(home, 'logs', 'versitygw.log'),
    pidFile: join(home, 'pids', 'versitygw.json'),
    stopSignal: 'SIGTERM',
    stopGraceMs: 10_000,
    prepare: async () => {
      for (const needed of [data, ...sidecar]) mkdirSync(needed, { recursive: true });
    },
    ready: async (pid) => (await listensOn(pid, port)) && (await isHealthy(port)),
  };
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}${HEALTH}`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false; // it is not there yet, or slow: the caller asks again until its patience ends
  }
}
