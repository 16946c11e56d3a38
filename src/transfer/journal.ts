import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { errnoOf, Failure, messageOf } from '../errors.ts';
import { syncFolder, writeWhole } from './durable.ts';

/**
 * The memory of what changed in a mirror. Once rsync has put a file in place it never names it again, so its output is kept here, beside
 * the mirror, until everything it names was loaded:
 *
 *     <journal>/lock                      held by the rsync at work
 *     <journal>/<listId>/meta.json        what is known of the list
 *     <journal>/<listId>/dry-1.log        what a pass would change (and dry-1.err, its standard error)
 *     <journal>/<listId>/real-1.log …     what each attempt changed
 */
const ListMeta = z.strictObject({
  flow: z.string(),
  startedAt: z.iso.datetime(),
  /** The file of the last dry pass that came to a clean end; null before that. */
  listed: z.string().nullable(),
  /** The file of the real pass that came to a clean end; null before that, or when the list named nothing to copy. */
  copied: z.string().nullable(),
  /** Everything the list names was loaded, or it never changed anything. */
  doneAt: z.iso.datetime().nullable(),
});
export type ListMeta = Readonly<z.infer<typeof ListMeta>>;

export interface ChangeList {
  readonly id: string;
  readonly folder: string;
  readonly meta: ListMeta;
  /** Absolute paths, oldest first. */
  readonly dryLogs: readonly string[];
  readonly realLogs: readonly string[];
}

export const lockOf = (journal: string): string => join(journal, 'lock');

const LIST_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

function folderOf(journal: string, listId: string): string {
  if (LIST_ID.test(listId)) return join(resolve(journal), listId);
  throw new Failure({
    kind: 'stop',
    code: 'bad_list_id',
    happened: `"${listId}" cannot name a list of changes`,
    expected: 'up to 200 letters, digits, dots, dashes and underscores, the first a letter or digit',
  });
}

/** Opens a list of changes, or makes it when there is none of this id. A list is never changed by opening it. */
export async function openList(
  journal: string,
  { listId, flow, now }: { readonly listId: string; readonly flow: string; readonly now: Date },
): Promise<ChangeList> {
  const folder = folderOf(journal, listId);
  const known = await readList(journal, listId);
  if (known !== null) return known;
  await mkdir(folder, { recursive: true });
  await writeMeta(folder, { flow, startedAt: now.toISOString(), listed: null, copied: null, doneAt: null });
  await syncFolder(resolve(journal));
  const made = await readList(journal, listId);
  if (made === null)
    throw new Failure({
      kind: 'again',
      code: 'journal_vanished',
      happened: `The list ${folder} vanished while it was made`,
      remedy: 'Leave the journal of a mirror alone while a flow runs',
    });
  return made;
}

/** A list, or null when there is none of this id. */
export async function readList(journal: string, listId: string): Promise<ChangeList | null> {
  const folder = folderOf(journal, listId);
  const text = await readFile(join(folder, 'meta.json'), 'utf8').catch(ifAbsent(null));
  if (text === null) return null;
  const names = await readdir(folder);
  return {
    id: listId,
    folder,
    meta: parseMeta(text, folder),
    dryLogs: logsNamed(folder, names, 'dry'),
    realLogs: logsNamed(folder, names, 'real'),
  };
}

/** The lists whose changes are not all loaded yet, oldest first. */
export const openLists = async (journal: string): Promise<readonly ChangeList[]> =>
  (await allLists(journal)).filter(({ meta }) => meta.doneAt === null);

/** Records what is known of a list, durably. */
export async function updateList(list: ChangeList, known: Partial<Pick<ListMeta, 'listed' | 'copied' | 'doneAt'>>): Promise<ChangeList> {
  const meta = { ...list.meta, ...known };
  await writeMeta(list.folder, meta);
  return { ...list, meta };
}

/** The id of a run's list. A run that is begun again after its end (a reset) makes a new one: what its first list named is done. */
export async function listOfRun(journal: string, run: string): Promise<string> {
  for (let time = 1; ; time += 1) {
    const id = time === 1 ? run : `${run}-${time}`;
    const list = await readList(journal, id);
    if (list === null || list.meta.doneAt === null) return id;
  }
}

/** Call it when everything the list names was loaded: no later run reads it again. */
export async function closeList(journal: string, listId: string, now: Date): Promise<void> {
  const list = await readList(journal, listId);
  if (list !== null && list.meta.doneAt === null) await updateList(list, { doneAt: now.toISOString() });
}

/** Removes finished lists but the `keep` newest ones, which stay for a redo. Returns the ids of those that went. */
export async function pruneLists(journal: string, keep: number): Promise<readonly string[]> {
  const done = (await allLists(journal)).filter(({ meta }) => meta.doneAt !== null);
  const old = done.slice(0, Math.max(0, done.length - keep));
  for (const { folder } of old) await rm(folder, { recursive: true, force: true });
  return old.map(({ id }) => id);
}

/**
 * Removes the files of earlier dry passes of a list that was never copied from: they moved nothing, and a source that is away for a week is
 * asked ten thousand times. Once a real pass began, all that was announced stays.
 */
export async function forgetDryPasses({ folder, dryLogs, realLogs }: ChangeList): Promise<void> {
  if (realLogs.length > 0) return;
  for (const log of dryLogs) {
    const stem = basename(log, '.log');
    for (const ending of ['.log', '.err', '.sorted']) await rm(join(folder, `${stem}${ending}`), { force: true });
  }
}

export interface PassFiles {
  readonly log: string;
  readonly errors: string;
}

/** The files of the list's next pass of this sort; an earlier attempt's files are never written again. */
export function nextPass(list: ChangeList, sort: 'dry' | 'real'): PassFiles {
  const used = sort === 'dry' ? list.dryLogs : list.realLogs;
  const number = (used.length === 0 ? 0 : logNumber(used.at(-1) ?? '')) + 1;
  const log = join(list.folder, `${sort}-${number}.log`);
  return { log, errors: log.replace(/\.log$/, '.err') };
}

async function allLists(journal: string): Promise<readonly ChangeList[]> {
  const names = await readdir(journal).catch(ifAbsent<string[]>([]));
  const lists = await Promise.all(names.filter((name) => LIST_ID.test(name) && name !== 'lock').map((name) => readList(journal, name)));
  return lists.filter((list) => list !== null).toSorted((a, b) => compare(a.meta.startedAt, b.meta.startedAt) || compare(a.id, b.id));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const logNumber = (path: string): number => Number(/-(\d+)\.log$/.exec(path)?.[1] ?? 0);

const logsNamed = (folder: string, names: readonly string[], sort: 'dry' | 'real'): readonly string[] =>
  names
    .filter((name) => new RegExp(`^${sort}-\\d+\\.log$`).test(name))
    .toSorted((a, b) => logNumber(a) - logNumber(b))
    .map((name) => join(folder, name));

const writeMeta = (folder: string, meta: ListMeta): Promise<void> =>
  writeWhole(join(folder, 'meta.json'), `${JSON.stringify(meta, null, 2)}\n`);

function parseMeta(text: string, folder: string): ListMeta {
  try {
    return ListMeta.parse(JSON.parse(text));
  } catch (cause) {
    throw new Failure({
      kind: 'stop',
      code: 'bad_journal',
      happened: `${join(folder, 'meta.json')} cannot be read (${messageOf(cause)})`,
      expected: 'the file as it was written here',
      remedy: 'Restore it, or move the folder away after a look at its logs: the profiles they name may not be loaded yet',
      cause,
    });
  }
}

const ifAbsent =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return instead;
    throw error;
  };
