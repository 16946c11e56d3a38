import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Flow, KindSchema } from '../../config/flow.ts';
import { readableFlows } from '../../config/flow-file.ts';
import { readFlow } from '../../config/flow-text.ts';
import { ConfigError, found, type Problem } from '../../config/problems.ts';
import { parseStorePlace } from '../../config/store-place.ts';
import { errnoOf, Failure } from '../../errors.ts';
import { ooiFlowSchema, ooiFormOf } from '../flow.ts';
import { type FlowFile, flowFiles } from './flow-files.ts';
import { type Remark, readLegacyFolder } from './legacy-folder.ts';
import { writeFlowFile } from './write-flow-file.ts';

export interface ImportRequest {
  /** Of the existing configurations. */
  readonly folder: string;
  /** Of the flow files. */
  readonly flows: string;
  /** Of all kinds: no two flows have one name. */
  readonly kinds: readonly KindSchema[];
  /** Instead of the places that the files name. */
  readonly place: string | null;
  /** Replace flow files that are there and say something else. */
  readonly force: boolean;
  readonly dryRun: boolean;
}

/** `replaced` only where that was asked for. */
export type FileState = 'written' | 'unchanged' | 'replaced';

export interface Imported {
  readonly files: readonly { readonly name: string; readonly file: string; readonly state: FileState }[];
  readonly streams: number;
  readonly remarks: readonly Remark[];
  readonly dryRun: boolean;
}

const ooi: KindSchema = { kind: 'ooi', schema: ooiFlowSchema, formOf: ooiFormOf };

/**
 * Makes flow files of the configurations of an existing harvest: all of them, or with any problem none. One that is there and says the same is left
 * as it is.
 *
 * @throws {ConfigError} every problem of every configuration; or, where they have none, of every flow file that would be made of them: what is
 * made of a part of them, such as the set of their streams, is not what will be made
 */
export async function importConfigs(request: ImportRequest): Promise<Imported> {
  const { folder, flows, place, force, dryRun } = request;
  if (place !== null && parseStorePlace(place) === null) throw badPlace(place);
  const { streams, problems, remarks } = await readLegacyFolder(folder);
  refuse(folder, problems);
  const taken = await flowsIn(flows, request.kinds);
  const planned = await Promise.all(flowFiles(streams, { place }).map((file) => planOne(file, request, taken)));
  refuse(
    folder,
    planned.flatMap((one) => one.problems),
  );
  if (!dryRun) {
    for (const { file, text, state } of planned) if (state !== 'unchanged') await writeFlowFile(file, text, { replace: force });
  }
  return { files: planned.map(({ name, file, state }) => ({ name, file, state })), streams: streams.length, remarks, dryRun };
}

function refuse(folder: string, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ConfigError(`the configurations of ${folder}`, problems);
}

interface Planned extends FlowFile {
  readonly file: string;
  readonly state: FileState;
  readonly problems: readonly Problem[];
}

async function planOne({ name, text }: FlowFile, { flows, force }: ImportRequest, taken: readonly Flow[]): Promise<Planned> {
  const file = join(flows, `${name}.yaml`);
  const made = readFlow(text, file, [ooi]);
  const problems = made.state === 'broken' ? made.problems : [];
  const there = await textOf(file);
  if (there === null) {
    const elsewhere = taken.some((flow) => flow.name === name);
    const sentence = `a flow of this name is in another file of ${flows}. Expected it in ${name}.yaml, or not at all: move it or remove it.`;
    return { name, text, file, state: 'written', problems: elsewhere ? [...problems, { file, path: 'name', text: sentence }] : problems };
  }
  if (there === text || means(there, file, made)) return { name, text, file, state: 'unchanged', problems };
  const differs = 'the file is there and says something else. Expected the same: look at it, then give --force to replace it.';
  return { name, text, file, state: 'replaced', problems: force ? problems : [...problems, { file, path: '', text: differs }] };
}

/** Comments and the order of keys aside. */
function means(there: string, file: string, made: ReturnType<typeof readFlow>): boolean {
  const read = readFlow(there, file, [ooi]);
  return read.state === 'good' && made.state === 'good' && isDeepStrictEqual(read.flow, made.flow);
}

async function flowsIn(folder: string, kinds: readonly KindSchema[]): Promise<readonly Flow[]> {
  const exists = await stat(folder).then(
    () => true,
    (error: unknown) => errnoOf(error) !== 'ENOENT',
  );
  return exists ? readableFlows(folder, kinds) : [];
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

const badPlace = (place: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'usage',
    happened: `${found(place)} is no place of stores`,
    expected: 'a folder such as /data/ooi, or s3://bucket/prefix',
    remedy: 'Correct --place',
  });
