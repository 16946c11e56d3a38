import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../errors.ts';
import type { Flow, KindSchema } from './flow.ts';
import { type ReadFlow, readFlow } from './flow-text.ts';
import { ConfigError, found, instead, type Problem } from './problems.ts';
import { unreadableBecause } from './secret.ts';
import { LONGEST_FILE } from './yaml.ts';

export interface LoadedFlow<KindFlow extends Flow = Flow> {
  readonly file: string;
  readonly flow: KindFlow;
}

/**
 * Reads all flow files (`*.yaml`, `*.yml`) of a folder, sorted by name of the flow. A folder without any gives none.
 *
 * @throws {ConfigError} the folder cannot be read, or everything that is wrong in all its files, names used twice among it.
 */
export async function loadFlows<KindFlow extends Flow>(
  folder: string,
  kinds: readonly KindSchema<KindFlow>[],
): Promise<readonly LoadedFlow<KindFlow>[]> {
  const reads = await readFolder(folder, kinds);
  const problems = reads.flatMap((read) => problemsOf(read, reads));
  if (problems.length > 0) throw new ConfigError(`the flow files of ${folder}`, problems);
  return reads
    .flatMap((read) => (read.state === 'good' ? [{ file: read.file, flow: read.flow }] : []))
    .toSorted((a, b) => (a.flow.name < b.flow.name ? -1 : 1));
}

/**
 * Finds one flow by its name. A broken file of another flow does not stop this one.
 *
 * @throws {ConfigError} no file names the flow, two do, or its file has problems.
 */
export async function findFlow<KindFlow extends Flow>(
  folder: string,
  kinds: readonly KindSchema<KindFlow>[],
  name: string,
): Promise<LoadedFlow<KindFlow>> {
  return namedIn(await readFolder(folder, kinds), folder, name);
}

/** @throws {ConfigError} as `findFlow` does. */
export function namedIn<KindFlow extends Flow>(reads: readonly ReadFlow<KindFlow>[], folder: string, name: string): LoadedFlow<KindFlow> {
  const named = reads.filter((read) => read.name === name);
  const problems = named.flatMap((read) => problemsOf(read, reads));
  if (problems.length > 0) throw new ConfigError(`the flow files of ${folder}`, problems);
  const only = named[0];
  if (only?.state === 'good') return { file: only.file, flow: only.flow };

  const known = reads.flatMap((read) => (read.name === undefined ? [] : [read.name]));
  const nameless = reads.flatMap((read) => (read.state === 'broken' && read.name === undefined ? read.problems : []));
  const text = `no flow has the name ${found(name)}. ${instead(name, known, 'flows')}`;
  throw new ConfigError(`the flow files of ${folder}`, [{ path: 'name', text }, ...nameless]);
}

/** The flows of a folder that can be read; what is wrong with the others is for `loadFlows` to say. */
export async function readableFlows<KindFlow extends Flow>(
  folder: string,
  kinds: readonly KindSchema<KindFlow>[],
): Promise<readonly KindFlow[]> {
  return (await readFolder(folder, kinds)).flatMap((read) => (read.state === 'good' ? [read.flow] : []));
}

async function readFolder<KindFlow extends Flow>(
  folder: string,
  kinds: readonly KindSchema<KindFlow>[],
): Promise<readonly ReadFlow<KindFlow>[]> {
  return Promise.all((await flowFilesIn(folder)).map((file) => readFlowFile(file, kinds)));
}

/** Paths of a folder's flow files, in the order of their names. @throws {ConfigError} the folder cannot be read. */
export async function flowFilesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    const remedy =
      errnoOf(error) === 'ENOENT' ? ' Write a first flow file with `landfall init`, or name the folder with LANDFALL_FLOWS.' : '';
    throw new ConfigError('the flow files', [{ file: folder, path: '', text: `the folder ${unreadableBecause(error)}.${remedy}` }]);
  });
  return names
    .filter((name) => /^[^.].*\.ya?ml$/.test(name))
    .toSorted()
    .map((name) => join(folder, name));
}

export async function readFlowFile<KindFlow extends Flow>(
  file: string,
  kinds: readonly KindSchema<KindFlow>[],
): Promise<ReadFlow<KindFlow>> {
  const broken = (text: string): ReadFlow<KindFlow> => ({ state: 'broken', file, name: undefined, problems: [{ file, path: '', text }] });
  const text = await readBounded(file).catch((error: unknown) => ({ unreadable: unreadableBecause(error) }));
  if (typeof text === 'string') return readFlow(text, file, kinds);
  return broken(`the file ${text.unreadable}.`);
}

/** Opening a pipe waits for a writer, and a device never ends: only files are opened. */
async function readBounded(file: string): Promise<string | { readonly unreadable: string }> {
  const found = await stat(file);
  if (found.isDirectory()) return { unreadable: 'is a folder' };
  if (!found.isFile()) return { unreadable: 'is a pipe, a socket or a device. Expected a text file' };
  if (found.size <= LONGEST_FILE) return readFile(file, 'utf8');
  return { unreadable: `has ${found.size} bytes. Expected a flow file of at most ${LONGEST_FILE} bytes` };
}

/** A file's own problems, and that an earlier file has its name. */
function problemsOf<KindFlow extends Flow>(read: ReadFlow<KindFlow>, reads: readonly ReadFlow<KindFlow>[]): readonly Problem[] {
  const own = read.state === 'broken' ? read.problems : [];
  const first = reads.find((other) => other.name !== undefined && other.name === read.name);
  if (first === undefined || first === read) return own;
  const text = `name is ${found(read.name)}, which ${first.file} has too. Expected a name of its own for each flow.`;
  return [...own, { file: read.file, ...(read.state === 'good' ? { line: read.nameLine } : {}), path: 'name', text }];
}
