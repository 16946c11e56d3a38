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

/** The command as an operator types it, in a process of its own with no settings but these. Words are set apart by spaces. */
export function commandIn(cwd: string, settings: Readonly<Record<string, string>>): Command {
  const { PATH = '', HOME = '' } = process.env;
  return async (words, env = {}) => {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [main, ...words.split(' ').filter(Boolean)], {
      cwd,
      env: { PATH, HOME, ...settings, ...env },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      timeout: 60_000,
    });
    return { exit: exitCode, stdout, stderr, json: () => JSON.parse(stdout) };
  };
}
