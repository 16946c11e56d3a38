import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../config/problems.ts';
import { unreadableBecause } from '../../config/secret.ts';
import { errnoOf } from '../../errors.ts';

/** As the existing harvest keeps them in its bucket: JSON without a suffix. Specification 5.2. */
export const STATUS_FOLDER = 'harvest-status';
export const REQUEST_FOLDER = 'ooinet-requests';

/** A request record of a stream with many parameters has some ten kilobytes. */
const LONGEST_RECORD = 4 * 1024 * 1024;

export interface RecordFile {
  /** Of the record: a table, or `<table>__<stamp>__<kind>`. */
  readonly name: string;
  /** Relative to the folder. */
  readonly file: string;
}

/** The records of one kind, in the order of their names; none where there is no such folder. */
export async function recordFiles(folder: string, kind: string): Promise<readonly RecordFile[]> {
  try {
    const names = await readdir(join(folder, kind));
    return names
      .filter((name) => !name.startsWith('.'))
      .toSorted()
      .map((name) => ({ name: name.replace(/\.json$/, ''), file: join(kind, name) }));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The JSON of a record, or what is wrong with the file. */
export async function readRecord(folder: string, { file }: RecordFile): Promise<{ readonly json: unknown } | Problem> {
  const wrong = (text: string): Problem => ({ file, path: '', text });
  try {
    const found = await stat(join(folder, file));
    if (!found.isFile() || found.size > LONGEST_RECORD) return wrong(`it is no file, or longer than ${LONGEST_RECORD} bytes.`);
    const json: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'));
    return { json };
  } catch (error) {
    if (error instanceof SyntaxError) return wrong('it is not JSON. Expected a record as the existing harvest keeps it.');
    if (errnoOf(error) === undefined) throw error;
    return wrong(`it ${unreadableBecause(error)}.`);
  }
}
