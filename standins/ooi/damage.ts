import type { Defect } from './switches.ts';
import type { ResultFile } from './world.ts';

const PAGE = Buffer.from(
  '<!DOCTYPE html>\n<html><head><title>Service Unavailable</title></head><body>Please try again later.</body></html>\n',
);

/** The files with what is wrong with some of them; the others as they are. Defects of content are the maker's business. */
export function damaged(files: readonly ResultFile[], table: string, defects: readonly Defect[]): readonly ResultFile[] {
  const names = files
    .map(({ name }) => name)
    .filter((name) => isDataFile(name, table))
    .toSorted();
  return files.map((file) => {
    const defect = defects.find((one) => names.at(one.file) === file.name);
    return defect === undefined ? file : damagedFile(file, defect.kind);
  });
}

/** A file of the table itself, not of an instrument beside it. */
export const isDataFile = (name: string, table: string): boolean => name.slice(14).startsWith(`_${table}_`) && name.endsWith('.nc');

function damagedFile(file: ResultFile, kind: Defect['kind']): ResultFile {
  const { name } = file;
  const instead = (bytes: () => Buffer | null): ResultFile => ({ name, size: () => bytes()?.length ?? 0, bytes });
  switch (kind) {
    case 'missing':
      return { name, size: () => file.size(), bytes: () => null };
    case 'truncated':
      return instead(() => cut(file.bytes()));
    case 'html':
      return instead(() => PAGE);
    case 'nothing':
      return instead(() => Buffer.alloc(0));
    default:
      return file;
  }
}

const cut = (bytes: Buffer | null): Buffer | null => bytes?.subarray(0, Math.floor(bytes.length * 0.6)) ?? null;
