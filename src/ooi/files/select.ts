import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareFiles, type DataFileName, parseDataFileName } from '../order.ts';

/** A file that the facility names, and where it was put. */
export interface NamedFile {
  readonly name: string;
  readonly path: string;
}

export interface SelectedFile {
  readonly file: DataFileName;
  readonly path: string;
}

/** The data files of the table among those named, each name once, in their order. Specification 7.5, rules 1 and 2. */
export async function selectFiles(files: string | readonly NamedFile[], table: string): Promise<readonly SelectedFile[]> {
  const named = typeof files === 'string' ? (await readdir(files)).map((name) => ({ name, path: join(files, name) })) : files;
  const selected = new Map<string, SelectedFile>();
  for (const { name, path } of named) {
    const file = parseDataFileName(name, table);
    if (file !== null) selected.set(name, { file, path });
  }
  return [...selected.values()].toSorted((a, b) => compareFiles(a.file, b.file));
}
