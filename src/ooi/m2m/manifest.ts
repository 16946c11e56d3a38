import { open, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errnoOf, Failure } from '../../errors.ts';
import { parseJson } from './json.ts';

/** What is at hand of a request's files: a line each, in the spool folder. The last line of a name counts. */
const line = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('fetched'),
    name: z.string(),
    sizeBytes: z.int(),
    sha256: z.string(),
    /** Time of the last change as the catalog said it. */
    modified: z.string().nullable(),
  }),
  z.object({ state: z.literal('left_out'), name: z.string(), reason: z.enum(['missing', 'unreadable']), message: z.string() }),
  /** All names of the listing have a line. */
  z.object({ state: z.literal('complete'), files: z.int() }),
  z.object({ state: z.literal('begun'), request: z.string(), downloadUrl: z.string() }),
]);
export type ManifestLine = z.output<typeof line>;
export type FileLine = Extract<ManifestLine, { readonly state: 'fetched' | 'left_out' }>;

export interface Manifest {
  readonly files: ReadonlyMap<string, FileLine>;
  readonly isComplete: boolean;
  readonly request: string;
}

export const manifestPath = (folder: string): string => join(folder, 'manifest.jsonl');

/** null: nothing was begun here. A line that a kill left half written is as if it had not been. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const text = await textOf(manifestPath(folder));
  const files = new Map<string, FileLine>();
  let isComplete = false;
  let request: string | null = null;
  for (const one of wholeLines(text)) {
    const read = lineOf(one, folder);
    isComplete = read.state === 'complete';
    if (read.state === 'begun') request ??= read.request;
    else if (read.state !== 'complete') files.set(read.name, read);
  }
  return request === null ? null : { files, isComplete, request };
}

function lineOf(text: string, folder: string): ManifestLine {
  const read = line.safeParse(parseJson(text));
  if (read.success) return read.data;
  throw new Failure({
    kind: 'stop',
    code: 'damaged_spool',
    happened: `${manifestPath(folder)} has a line that is none of its own: ${JSON.stringify(text.slice(0, 100))}`,
    remedy: 'Move the folder away: its files are fetched again',
  });
}

export interface ManifestWriter {
  add(one: ManifestLine): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the manifest of a folder to add to it.
 * @throws {Failure} `foreign_spool` (stop): the folder holds the files of another request.
 */
export async function openManifest(
  folder: string,
  begun: { readonly request: string; readonly downloadUrl: string },
): Promise<ManifestWriter> {
  const there = await readManifest(folder);
  if (there !== null && there.request !== begun.request) {
    throw new Failure({
      kind: 'stop',
      code: 'foreign_spool',
      happened: `${folder} holds files of request ${there.request}, not of ${begun.request}`,
      remedy: 'Move the folder away',
    });
  }
  await cutHalfLine(manifestPath(folder));
  const file = await open(manifestPath(folder), 'a');
  const add = async (one: ManifestLine): Promise<void> => {
    await file.appendFile(`${JSON.stringify(one)}\n`);
    await file.datasync();
  };
  if (there === null) await add({ state: 'begun', ...begun });
  return { add, close: () => file.close() };
}

const wholeLines = (text: string): readonly string[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((one) => one !== '');

async function cutHalfLine(path: string): Promise<void> {
  const text = await textOf(path);
  const whole = Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1));
  if (whole !== Buffer.byteLength(text)) await truncate(path, whole);
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}
