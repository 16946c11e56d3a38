import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { SEARCH_ATTRIBUTES } from '../config/search-attributes.ts';
import { fromSetting, onPath } from './binaries.ts';
import { builtGoProgram, type GoProgram, goProgram } from './go-build.ts';
import { answers, listensOn } from './ports.ts';
import type { Report } from './progress.ts';
import type { ServiceSpec } from './supervise.ts';
import { downloadedTemporal, temporalFromVendor } from './temporal-download.ts';

/** The usual ports of a Temporal development server. */
export const TEMPORAL_PORT = 7233;
export const TEMPORAL_UI_PORT = 8233;

/** Newer releases of the command carry a `replace` in go.mod and cannot be installed by path. */
export const TEMPORAL_CLI_VERSION = '1.5.1';

const PROGRAM: GoProgram = {
  name: 'temporal',
  version: TEMPORAL_CLI_VERSION,
  title: `Temporal (its command ${TEMPORAL_CLI_VERSION})`,
  module: `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_CLI_VERSION}`,
  instead: 'install the temporal command (https://docs.temporal.io/cli), or name it in LANDFALL_TEMPORAL_BIN, or set TEMPORAL_ADDRESS',
};

/** The `temporal` program: by setting, on PATH, in the cache, from the vendor, else built from source. */
export async function temporalProgram(report: Report): Promise<string> {
  return installedTemporal() ?? (await downloadedTemporal(TEMPORAL_CLI_VERSION, report)) ?? (await goProgram(PROGRAM, report));
}

/** The one that is here already, or null. */
export function installedTemporal(): string | null {
  return fromSetting('LANDFALL_TEMPORAL_BIN') ?? onPath('temporal') ?? builtGoProgram(PROGRAM) ?? temporalFromVendor(TEMPORAL_CLI_VERSION);
}

export interface TemporalPlace {
  readonly home: string;
  readonly port: number;
  readonly uiPort: number;
}

/**
 * How the development server is run: on loopback, its database a file, its Web UI beside it.
 *
 * The two polling rates: with one history shard the default of 20 a second makes every activity take 97 ms once a burst of 25 or so is
 * used up; with these 12 ms. Write-ahead logging doubles what a window of 40 activities completes (measured on two cores).
 */
export function temporalService(program: string, { home, port, uiPort }: TemporalPlace): ServiceSpec {
  const folder = join(home, 'temporal');
  return {
    name: 'temporal',
    command: program,
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', `${port}`, '--ui-port', `${uiPort}`],
      // Its name becomes part of an address, where a question mark or a percent sign in the folder's would mean something: so it is relative.
      ...['--db-filename', 'temporal.db'],
      ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
      ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
      ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
      ...['--dynamic-config-value', 'history.timerProcessorMaxPollRPS=2000'],
      ...['--log-level', 'error'],
    ],
    cwd: folder,
    logFile: join(home, 'logs', 'temporal.log'),
    pidFile: join(home, 'pids', 'temporal.json'),
    stopSignal: 'SIGTERM',
    stopGraceMs: 10_000,
    prepare: async () => void mkdirSync(folder, { recursive: true }),
    ready: async (pid) => (await listensOn(pid, port)) && (await answers(uiPort)) && (await hasSearchAttributes(program, port)),
  };
}

/** The server registers them last, so their presence says that it is ready for workers. */
async function hasSearchAttributes(program: string, port: number): Promise<boolean> {
  const args = ['operator', 'search-attribute', 'list', '--address', `127.0.0.1:${port}`, '--command-timeout', '5s'];
  const { failed, stdout } = await execa(program, args, { reject: false, stdin: 'ignore' });
  return !failed && SEARCH_ATTRIBUTES.every((name) => new RegExp(`\\b${name}\\b`).test(stdout));
}
