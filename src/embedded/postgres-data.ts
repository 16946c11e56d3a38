import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { Failure, messageOf } from '../errors.ts';
import { cachedOrBuilt } from './cache.ts';
import { POSTGRES_BUILD, POSTGRES_MAJOR, type PostgresProgram } from './postgres-install.ts';
import type { Report } from './progress.ts';
import { bound } from './tether.ts';
import type { Unprivileged } from './unprivileged.ts';

/** DocumentDB's libraries have to be there when the server starts; it keeps its jobs with pg_cron. */
export const DOCUMENTDB_SETTINGS = {
  shared_preload_libraries: 'pg_cron, pg_documentdb_core, pg_documentdb',
  'cron.database_name': 'postgres',
} as const;

export const CREATE_DOCUMENTDB = 'CREATE EXTENSION IF NOT EXISTS documentdb CASCADE';

interface Maker {
  readonly program: PostgresProgram;
  readonly unprivileged: Unprivileged;
  readonly report: Report;
}

/**
 * Makes a home's data folder, unless it is there: a copy of one that was made once, with DocumentDB in it. Made aside and renamed, so a
 * killed start leaves none that is half made.
 *
 * @throws {Failure} `database_of_other_version`, `database_not_created`
 */
export async function ensureData(data: string, maker: Maker): Promise<void> {
  if (existsSync(data)) return requireSameMajor(data);
  const { program, unprivileged } = maker;
  const aside = `${data}.new`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  unprivileged.own(aside);
  const run = runner(unprivileged, data);
  const template = await templateOf(maker);
  if (template === null) await initialise(run, program, aside);
  else {
    await run('cp', ['-R', '--preserve=mode', '--reflink=auto', `${template}/.`, aside]);
    await run(join(program.bin, 'initdb'), ['-D', aside, '--sync-only']);
  }
  renameSync(aside, data);
}

/**
 * The folder that all are copies of, in the cache: initialising one and creating the extension takes a second of processor time, copying a
 * tenth. Null where the cache cannot keep one,
 * or has lost a part of it.
 */
async function templateOf({ program, unprivileged, report }: Maker): Promise<string | null> {
  const entry = { name: `postgresql-${POSTGRES_MAJOR}-data-of-${unprivileged.user}`, version: POSTGRES_BUILD };
  try {
    const template = await cachedOrBuilt(entry, report, async ({ result }) => {
      unprivileged.own(result);
      const run = runner(unprivileged, result);
      await initialise(run, program, result);
      const settings = Object.entries(DOCUMENTDB_SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      await run(join(program.bin, 'postgres'), ['--single', '-D', result, ...settings, 'postgres'], `${CREATE_DOCUMENTDB}\n`);
    });
    if (PARTS.every((part) => existsSync(join(template, part)))) return template;
    report(`${template} is not whole any more: the database is made without it. Delete that folder, and it is made anew`);
  } catch (error) {
    report(`No database could be kept for later starts: ${firstLine(messageOf(error))}`);
  }
  return null;
}

/** Without them no server starts; tools that tidy up caches take empty folders for nothing. */
const PARTS = [
  ...[
    'PG_VERSION',
    'postgresql.conf',
    'pg_hba.conf',
    'global/pg_control',
    'base',
    'pg_wal',
    'pg_xact',
    'pg_notify',
    'pg_tblspc',
    'pg_stat',
  ],
  ...['pg_stat_tmp', 'pg_replslot', 'pg_serial', 'pg_snapshots', 'pg_subtrans', 'pg_twophase', 'pg_multixact', 'pg_logical', 'pg_dynshmem'],
];

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

const initialise = (run: Run, { bin }: PostgresProgram, folder: string): Promise<void> =>
  run(join(bin, 'initdb'), ['-D', folder, '-U', 'postgres', '--no-locale', '-E', 'UTF8', '-A', 'trust']);

type Run = (command: string, args: readonly string[], input?: string) => Promise<void>;

/** Runs a step in making a folder as the user who owns it. */
const runner =
  (unprivileged: Unprivileged, data: string): Run =>
  async (command, args, input) => {
    const [tied, all] = bound(...unprivileged.wrap(command, args));
    const { failed, stderr } = await execa(tied, all, { reject: false, ...(input === undefined ? { stdin: 'ignore' } : { input }) });
    if (!failed) return;
    throw new Failure({
      kind: 'stop',
      code: 'database_not_created',
      happened: `PostgreSQL could not create its data folder ${data}:\n${beginningOf(stderr)}\n`,
      remedy: 'Check free space and permissions there, or choose another place with --home',
    });
  };

/** A full disk is told once for every file. */
function beginningOf(text: string): string {
  const lines = text.trimEnd().split('\n');
  return lines.length <= LINES_SHOWN
    ? lines.join('\n')
    : [...lines.slice(0, LINES_SHOWN), `and ${lines.length - LINES_SHOWN} lines more`].join('\n');
}
const LINES_SHOWN = 8;

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
