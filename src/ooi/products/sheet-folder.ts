import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, Failure } from '../../errors.ts';

/** The largest sheet has some thousand lines. A wrong file must not fill the memory. Bytes. */
const LONGEST_SHEET = 64 * 1024 ** 2;

/**
 * Reads `<name>.csv` of a folder, whatever the case of its name; null where there is none.
 *
 * @throws {Failure} `unreadable_sheet` (stop): it is no file, too long, or may not be read; `no_sheets` (stop): there is no such folder
 */
export async function readSheetFile(folder: string, name: string): Promise<string | null> {
  const wanted = `${name}.csv`.toLowerCase();
  const names = await readdir(folder).catch((error: unknown) => {
    throw unreadable(folder, error, 'no_sheets', 'a folder that holds the sheets as CSV files');
  });
  const found = names.find((entry) => entry.toLowerCase() === wanted);
  if (found === undefined) return null;
  const file = join(folder, found);
  try {
    const { size, isFile } = await stat(file).then((stats) => ({ size: stats.size, isFile: stats.isFile() }));
    if (isFile && size <= LONGEST_SHEET) return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error, 'unreadable_sheet', 'a CSV file that this user may read');
  }
  const expected = `a file of at most ${LONGEST_SHEET} bytes`;
  throw new Failure({ kind: 'stop', code: 'unreadable_sheet', happened: `${file} is no file, or a longer one`, expected });
}

function unreadable(path: string, error: unknown, code: string, expected: string): unknown {
  const errno = errnoOf(error);
  if (errno === undefined) return error;
  return new Failure({ kind: 'stop', code, happened: `${path} cannot be read (${errno})`, expected, cause: error });
}
