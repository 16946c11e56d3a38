import { join } from 'node:path';
import { execa } from 'execa';
import { Failure, messageOf } from '../errors.ts';
import { onPath } from './binaries.ts';
import { type CacheEntry, cached, cachedOrBuilt } from './cache.ts';
import { type Report, withProgress } from './progress.ts';
import { bound } from './tether.ts';

/** A command built from a Go module. */
export interface GoProgram extends CacheEntry {
  /** For people: `FerretDB 2.7.0`. */
  readonly title: string;
  /** What `go install` takes, with its version. */
  readonly module: string;
  /** What to do instead where Go is not there. */
  readonly instead: string;
}

/** The oldest Go that builds them all, as their go.mod files ask. */
const GO_MAJOR = 1;
const GO_MINOR = 26;

/** The program's path if it was built before, else null. */
export function builtGoProgram(program: GoProgram): string | null {
  const folder = cached(program);
  return folder === null ? null : join(folder, program.name);
}

/**
 * The program's path, built if the cache has none.
 *
 * Go's module and build caches for one server reach 2 GB and more: they lie in the scratch folder and go with it.
 *
 * @throws {Failure} `go_missing`, `build_failed`
 */
export async function goProgram(program: GoProgram, report: Report): Promise<string> {
  const folder = await cachedOrBuilt(program, report, async ({ result, scratch }) => {
    await requireGo(program);
    await withProgress(report, `Building ${program.title} from source (once, some minutes)`, () => install(program, result, scratch));
  });
  return join(folder, program.name);
}

async function install(program: GoProgram, result: string, scratch: string): Promise<void> {
  const [command, args] = bound('go', ['install', '-trimpath', '-ldflags', '-s -w', program.module]);
  const { failed, stderr } = await execa(command, args, {
    env: {
      GOBIN: result,
      GOMODCACHE: join(scratch, 'mod'),
      GOCACHE: join(scratch, 'cache'),
      GOTMPDIR: scratch,
      GOFLAGS: `${process.env.GOFLAGS ?? ''} -modcacherw`.trim(),
      GOTOOLCHAIN: 'local',
    },
    stdin: 'ignore',
    reject: false,
  });
  if (!failed) return;
  throw new Failure({
    kind: 'again',
    code: 'build_failed',
    happened: `Building ${program.title} failed:\n${stderr.trimEnd().split('\n').slice(-10).join('\n')}\n`,
    expected: 'a Go module proxy within reach and 3 GB of free space in the cache folder',
    remedy: `Try again, or ${program.instead}`,
  });
}

async function requireGo(program: GoProgram): Promise<void> {
  const found = onPath('go') === null ? 'there is no go on PATH' : await goVersion();
  const version = /go(\d+)\.(\d+)/.exec(found);
  if (version !== null && (Number(version[1]) > GO_MAJOR || Number(version[2]) >= GO_MINOR)) return;
  throw new Failure({
    kind: 'stop',
    code: 'go_missing',
    happened: `${program.title} must be built from source, and ${version === null ? found : `only ${version[0]} is here`}`,
    expected: `Go ${GO_MAJOR}.${GO_MINOR} or newer`,
    remedy: `Install Go ${GO_MAJOR}.${GO_MINOR} (https://go.dev/dl/), or ${program.instead}`,
  });
}

async function goVersion(): Promise<string> {
  try {
    return (await execa('go', ['env', 'GOVERSION'], { env: { GOTOOLCHAIN: 'local' }, cwd: '/' })).stdout;
  } catch (error) {
    return `go does not run (${messageOf(error)})`;
  }
}
