import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** How the command `landfall` ended. */
export interface Ended {
  readonly exit: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as one JSON value. @throws when it is anything else. */
  json(): unknown;
}

export type Command = (words: string, env?: Readonly<Record<string, string>>) => Promise<Ended>;

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** An environment with no settings of the project; caches are those of the tests. */
export function bareEnvironment(): Readonly<Record<string, string>> {
  const kept = ['PATH', 'HOME', 'XDG_CACHE_HOME', 'NODE_COMPILE_CACHE'].map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** The command as an operator types it, in a process of its own with no settings but these. Words are set apart by spaces. */
export function commandIn(cwd: string, settings: Readonly<Record<string, string>>): Command {
  return async (words, env = {}) => {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [main, ...words.split(' ').filter(Boolean)], {
      cwd,
      env: { ...bareEnvironment(), ...settings, ...env },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      timeout: 60_000,
    });
    return { exit: exitCode, stdout, stderr, json: () => JSON.parse(stdout) };
  };
}
