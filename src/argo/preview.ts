import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { errnoOf, Failure, messageOf } from '../errors.ts';
import type { Hdf5Pool } from '../formats/netcdf/hdf5-pool.ts';
import type { ArgoDocument, ArgoMetaDocument } from './documents.ts';
import { chooseMetadata } from './metadata.ts';
import { keyText, type ProfileKey, parseProfilePath } from './names.ts';
import { withMetadata } from './profile.ts';
import { readSources } from './read.ts';
import { isRejection, type RejectionCode, rejection } from './rejections.ts';
import { groupLine, type ProfileGroup, selectFiles } from './select.ts';
import { type FileBytes, translateFiles } from './translate.ts';
import { listPlatforms, profilesOf } from './tree.ts';

/** What one profile becomes. `files` in load order, relative to the root. */
export type Preview =
  | { readonly files: readonly string[]; readonly argo: ArgoDocument; readonly argoMeta: ArgoMetaDocument }
  | { readonly files: readonly string[]; readonly rejected: { readonly code: RejectionCode; readonly message: string } };

export interface PreviewRequest {
  /** The level that holds the DAC folders. */
  readonly root: string;
  /** Relative to the root, or absolute and below it; without any, the whole tree. */
  readonly files?: readonly string[];
  readonly sourceUrl: string;
  readonly hdf5: Hdf5Pool;
  readonly now: () => Date;
}

/**
 * The documents that a tree or some of its files become, in load order, without a database: metadata ids are those of a load into empty collections.
 * Memory does not grow with the number of profiles; one small description a float is kept.
 * @throws {Failure} `not_a_profile_file` (stop): a given file does not lie below the root or is not named like a profile file;
 * `no_such_tree` (stop): the whole tree is wanted and the root is no folder.
 */
export async function* preview(request: PreviewRequest): AsyncGenerator<Preview, void, undefined> {
  const { root, files = [], sourceUrl, hdf5, now } = request;
  const known = new Map<string, ArgoMetaDocument[]>();
  for await (const group of files.length === 0 ? groupsOfTree(root) : groupsOfFiles(root, files)) {
    const read = await readFiles(root, group);
    const outcome =
      'rejected' in read
        ? { state: 'rejected' as const, ...read.rejected }
        : await translateFiles(group, read.files, { hdf5, sourceUrl, now: now() });
    if (outcome.state === 'rejected') {
      yield { files: group.files, rejected: { code: outcome.code, message: outcome.message } };
      continue;
    }
    const { argo, argoMeta: content } = outcome;
    const existing = known.get(content.platform) ?? [];
    const choice = chooseMetadata(existing, content);
    const argoMeta = { _id: choice.id, ...content };
    if (choice.state === 'new') known.set(content.platform, [...existing, argoMeta]);
    yield { files: group.files, argo: withMetadata(argo, choice.id), argoMeta };
  }
}

/** Every profile of the tree, in byte order of the lists' lines. Platforms come in that order already, since a line begins with `<dac>/<wmo>/`. */
async function* groupsOfTree(root: string): AsyncGenerator<ProfileGroup, void, undefined> {
  await requireFolder(root);
  for await (const platform of listPlatforms(root)) {
    const held = await profilesOf(root, platform);
    yield* inLoadOrder([...held].map(([number, prefixes]) => [{ ...platform, number }, prefixes]));
  }
}

/** The profiles that the given files alone make. */
function groupsOfFiles(root: string, files: readonly string[]): readonly ProfileGroup[] {
  const held = new Map<string, [key: ProfileKey, prefixes: Set<string>]>();
  for (const file of files) {
    const path = (isAbsolute(file) ? relative(root, file) : file).split(sep).join('/');
    const name = parseProfilePath(path);
    if (name === null) throw notAProfileFile(file, root);
    const key: ProfileKey = { dac: name.dac, wmo: name.wmo, number: name.number };
    const known = held.get(keyText(key));
    if (known === undefined) held.set(keyText(key), [key, new Set([name.prefix])]);
    else known[1].add(name.prefix);
  }
  return inLoadOrder([...held.values()]);
}

function inLoadOrder(profiles: readonly (readonly [ProfileKey, ReadonlySet<string>])[]): readonly ProfileGroup[] {
  const groups = profiles.map(([key, prefixes]) => selectFiles(key, prefixes)).filter((group) => group !== null);
  const lines = new Map(groups.map((group) => [groupLine(group), group]));
  return [...lines.keys()].toSorted().flatMap((line) => lines.get(line) ?? []);
}

type Read = { readonly files: readonly FileBytes[] } | { readonly rejected: { readonly code: RejectionCode; readonly message: string } };

async function readFiles(root: string, { files }: ProfileGroup): Promise<Read> {
  try {
    for (const path of files) await requireFile(root, path);
    const read = await readSources(root, files);
    if (read !== null) return { files: read };
    throw rejection('unreadable_file', files.join(' and '), 'cannot be read: it vanished', 'a file that stays while it is read');
  } catch (error) {
    if (!isRejection(error)) throw error;
    return { rejected: { code: error.code, message: error.message } };
  }
}

/** Opening a pipe waits for a writer, and a device never ends: only files are opened. */
async function requireFile(root: string, path: string): Promise<void> {
  const found = await stat(join(root, path)).catch((error: unknown) => {
    if (errnoOf(error) === undefined) throw error;
    throw rejection('unreadable_file', path, `cannot be read: ${messageOf(error)}`);
  });
  if (!found.isFile()) throw rejection('unreadable_file', path, 'is no file', 'a regular file');
}

async function requireFolder(root: string): Promise<void> {
  const found = await stat(root).catch((error: unknown) => {
    if (errnoOf(error) === undefined) throw error;
    return null;
  });
  if (found?.isDirectory()) return;
  throw new Failure({ kind: 'stop', code: 'no_such_tree', happened: `${root} is not a folder that can be read`, remedy: REMEDY });
}

const REMEDY = 'Name the level that holds the DAC folders with --root';

function notAProfileFile(file: string, root: string): Failure {
  return new Failure({
    kind: 'stop',
    code: 'not_a_profile_file',
    happened: `${file} is not a profile file below ${root}`,
    expected: '<dac>/<wmo>/profiles/<prefix><wmo>_<cycle>[D].nc',
    remedy: REMEDY,
  });
}
