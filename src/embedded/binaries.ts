import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { Failure } from '../errors.ts';

/** The program of that name on PATH, or null. */
export function onPath(name: string, env: NodeJS.ProcessEnv = process.env): string | null {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (!isAbsolute(folder)) continue; // an empty or relative entry would mean whatever the working folder holds
    const candidate = join(folder, name);
    if (isExecutable(candidate)) return candidate;
  }
  return null;
}

/**
 * The program that a setting names, or null when it is not set.
 *
 * @throws {Failure} `bad_binary_setting`: the setting names something that cannot be executed.
 */
export function fromSetting(setting: string, env: NodeJS.ProcessEnv = process.env): string | null {
  const value = env[setting];
  if (value === undefined || value === '') return null;
  if (isExecutable(value)) return resolve(value); // it may be started in another folder
  throw new Failure({
    kind: 'stop',
    code: 'bad_binary_setting',
    happened: `${setting} names ${value}, which is not an executable file`,
    expected: 'the path of the program',
    remedy: `Correct ${setting} or unset it`,
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
