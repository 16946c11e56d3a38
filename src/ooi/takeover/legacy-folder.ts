import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { found, type Problem } from '../../config/problems.ts';
import { unreadableBecause } from '../../config/secret.ts';
import { LONGEST_FILE } from '../../config/yaml.ts';
import { errnoOf, Failure } from '../../errors.ts';
import { isInstrument } from '../names.ts';
import { type LegacyStream, readLegacyConfig } from './legacy-config.ts';

/** A stream, and the file that says so, relative to the folder. */
export interface FoundStream extends LegacyStream {
  readonly file: string;
}

/** A sentence, and how many files it is about. */
export interface Remark {
  readonly text: string;
  readonly files: number;
  /** One of them. */
  readonly first: string;
}

export interface LegacyFolder {
  readonly streams: readonly FoundStream[];
  readonly problems: readonly Problem[];
  readonly remarks: readonly Remark[];
}

/**
 * Reads a folder of configurations, `<folder>/<refdes>/<table>.yaml`, in the order of their names.
 *
 * @throws {Failure} `usage` (stop): there is no such folder, or no configuration in it
 */
export async function readLegacyFolder(folder: string): Promise<LegacyFolder> {
  const streams: FoundStream[] = [];
  const problems: Problem[] = [];
  const remarks = new Map<string, Remark>();
  const remark = (text: string, file: string): void => {
    const known = remarks.get(text);
    remarks.set(text, known === undefined ? { text, files: 1, first: file } : { ...known, files: known.files + 1 });
  };
  const files = await filesBelow(folder, remark);
  for (const file of files) {
    const text = await readBounded(join(folder, file));
    if (typeof text !== 'string') {
      problems.push({ file, path: '', text: `the file ${text.why}.` });
      continue;
    }
    const read = readLegacyConfig(text, file);
    problems.push(...read.problems, ...(read.stream === null ? [] : misplaced(file, read.stream)));
    if (read.stream !== null) streams.push({ ...read.stream, file });
    for (const said of read.remarks) remark(said, file);
  }
  if (files.length === 0) throw noFolder(`${folder} holds no configuration`);
  return { streams, problems: [...problems, ...twice(streams)], remarks: [...remarks.values()] };
}

async function filesBelow(folder: string, remark: (text: string, file: string) => void): Promise<readonly string[]> {
  const files: string[] = [];
  for (const name of await namesIn(folder)) {
    const isFolder = await stat(join(folder, name)).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (!isFolder && isYaml(name)) remark('it lies beside the folders of instruments and is not looked at', name);
    if (!isFolder || name.startsWith('.')) continue;
    if (!isInstrument(name)) {
      remark('its name is no reference designator, and it is not looked into', name);
      continue;
    }
    files.push(...(await namesIn(join(folder, name))).filter(isYaml).map((file) => join(name, file)));
  }
  return files;
}

const isYaml = (name: string): boolean => /^[^.].*\.ya?ml$/.test(name);

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (error) {
    throw noFolder(`The folder ${folder} ${unreadableBecause(error)}`);
  }
}

async function readBounded(file: string): Promise<string | { readonly why: string }> {
  try {
    const found = await stat(file);
    if (!found.isFile()) return { why: 'is no file' };
    if (found.size > LONGEST_FILE) return { why: `has ${found.size} bytes. Expected at most ${LONGEST_FILE}` };
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return { why: unreadableBecause(error) };
  }
}

/** The place of a file says the same as the file. */
function misplaced(file: string, { instrument, table }: LegacyStream): readonly Problem[] {
  const expected = join(instrument, `${table}.yaml`);
  if (file === expected || file === expected.replace(/\.yaml$/, '.yml')) return [];
  return [{ file, path: '', text: `the file is about ${table}. Expected it at ${expected}: correct the file, or move it.` }];
}

/** Flows are named in lower case. */
function twice(streams: readonly FoundStream[]): readonly Problem[] {
  const first = new Map<string, string>();
  return streams.flatMap(({ table, file }) => {
    const name = table.toLowerCase();
    const other = first.get(name);
    if (other === undefined) first.set(name, file);
    return other === undefined
      ? []
      : [{ file, path: '', text: `its flow would be called ${found(name)}, as that of ${other}. Expected one file for each.` }];
  });
}

const noFolder = (happened: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'usage',
    happened,
    expected: 'a folder of configurations such as <folder>/CE02SHBP-LJ01D-06-CTDBPN106/<table>.yaml',
    remedy: 'Name the folder that holds the folders of instruments',
  });
