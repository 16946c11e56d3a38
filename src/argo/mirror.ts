import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Failure } from '../errors.ts';
import type { RsyncStats } from '../formats/rsync/stats.ts';
import { type ChangeList, forgetDryPasses, nextPass, openList, openLists, readList, updateList } from '../transfer/journal.ts';
import { withSignsOfLife } from '../transfer/signs-of-life.ts';
import { namesAnything, statsOf } from './mirror-log.ts';
import { type PassOptions, type PassResult, runPass } from './mirror-pass.ts';
import { type PlanSummary, pagesOf, platformsOf, type SortedChanges, type SortSettings, sortChanges, summarise } from './mirror-plan.ts';
import { assertRoom, ROOM_LOOK_MS } from './mirror-room.ts';
import { checkSource, spaceWarning } from './mirror-source.ts';
import type { PlatformChanges } from './tree.ts';

export interface ListOptions extends PassOptions {
  readonly flow: string;
  readonly now: Date;
  /** Ask the source again even if this list is complete. */
  readonly again?: boolean;
}

/** What the dry pass found. */
export interface ListSummary {
  readonly listId: string;
  /** False: source and mirror are equal, and there is nothing to copy. */
  readonly namesAnything: boolean;
  readonly plan: PlanSummary;
  readonly source: RsyncStats;
  /** Whole sentences for the run record: vanished files, short disk. */
  readonly warnings: readonly string[];
  readonly isReused: boolean;
  /** For the guard. */
  readonly changes: SortedChanges;
}

/**
 * Asks the source what a copy would change, and stores the answer before anything is copied. A list that is complete is not asked for
 * again, so a repeated call costs only the reading of it.
 *
 * @throws {Failure} of the outcome when rsync did not come to a clean end; the next call starts anew.
 */
export async function listChanges(options: ListOptions): Promise<ListSummary> {
  const { source, listId, flow, now, signal, again = false } = options;
  checkSource(source);
  await mkdir(source.mirror, { recursive: true });
  await mkdir(source.journal, { recursive: true });
  const list = await openList(source.journal, { listId, flow, now });

  const isReused = list.meta.listed !== null && !again;
  const warnings: string[] = [];
  let log = isReused && list.meta.listed !== null ? join(list.folder, list.meta.listed) : null;
  if (log === null) {
    const files = nextPass(list, 'dry');
    await updateList(list, { listed: null });
    await forgetDryPasses(list);
    warnings.push(...notesOf(await runPass({ ...options, dryRun: true, files }), options));
    await updateList(list, { listed: basename(files.log) });
    log = files.log;
  }

  const stats = await statsOf(log);
  const changes = { file: log.replace(/\.log$/, '.sorted') };
  const plan = await withSignsOfLife(sortAndSum([log], { into: changes.file, scratch: list.folder, signal }), () =>
    options.onProgress?.({ phase: 'list', changes: stats.transferredFiles + stats.deletedFiles, profileFiles: 0, bytes: 0 }),
  );
  const short = await spaceWarning(source.mirror, stats.transferredBytes);
  if (short !== null) warnings.push(short);
  return { listId, namesAnything: await namesAnything(log), plan, source: stats, warnings, isReused, changes };
}

export interface CopyOptions extends PassOptions {
  readonly now: Date;
  /** Throws when another run has taken over. Asked before rsync starts and now and then while it runs. */
  readonly checkFence: () => Promise<void>;
  readonly fenceMs?: number;
}

export interface CopySummary {
  /** How often rsync ran in this call; 0 when the list names nothing or was copied before. */
  readonly passes: number;
  readonly changes: number;
  readonly profileFiles: number;
  readonly bytes: number;
  readonly warnings: readonly string[];
}

const PASSES = 3;
/** What is worth another pass at once; everything else waits for the caller's next attempt. */
const REPEATED_AT_ONCE: ReadonlySet<string> = new Set(['partial_transfer', 'connection_broken', 'silent_connection', 'file_io']);
const FENCE_MS = 15_000;

/**
 * Makes the mirror equal to the source, as the list announced it. Each pass writes a file of its own into the list, so that whatever an
 * earlier one moved stays named. rsync goes on where an earlier pass ended.
 *
 * @throws {Failure} of the last outcome when no pass came to a clean end. `deletions_beyond_list` (replan): the source wants to delete
 * much more than the list named; list and judge again.
 */
export async function copyChanges(options: CopyOptions): Promise<CopySummary> {
  const { source, listId, checkFence } = options;
  checkSource(source);
  let list = await listed(source.journal, listId);
  const log = join(list.folder, list.meta.listed ?? '');
  const total = { passes: 0, changes: 0, profileFiles: 0, bytes: 0 };
  if (list.meta.copied !== null || !(await namesAnything(log))) return { ...total, warnings: [] };

  const totals = await statsOf(log);
  const maxDeletions = deletionsAllowed(totals);
  await assertRoom({ mirror: source.mirror, list, wantedBytes: totals.transferredBytes, now: options.now });
  for (;;) {
    await checkFence();
    const files = nextPass(list, 'real');
    const pass = await runPass({ ...options, dryRun: false, files, maxDeletions, onTick: every(options.fenceMs ?? FENCE_MS, checkFence) });
    total.passes += 1;
    total.changes += pass.progress.changes;
    total.profileFiles += pass.progress.profileFiles;
    total.bytes += pass.progress.bytes;
    if (pass.outcome.kind === 'replan') await updateList(list, { listed: null });
    const isLast = total.passes >= PASSES || pass.outcome.kind === 'clean' || !REPEATED_AT_ONCE.has(pass.outcome.code);
    if (isLast) {
      const warnings = notesOfCopy(pass, options);
      await updateList(list, { copied: basename(files.log) });
      return { ...total, warnings };
    }
    list = await listed(source.journal, listId);
  }
}

export interface PlannedPages {
  /** Every open list whose changes are in the pages, or that changed nothing: close them all when the pages are loaded. */
  readonly lists: readonly string[];
  readonly summary: PlanSummary;
  /** Whole floats; about `batchSize` profiles a page. May be read more than once, by calling again. */
  readonly pages: () => AsyncGenerator<readonly PlatformChanges[], void, undefined>;
}

/**
 * Plans the load: everything that this list and unfinished earlier ones named. A list whose copy never began changed nothing and adds
 * nothing. Call it after the copy; it reads the journal alone.
 */
export async function planPages(options: {
  readonly journal: string;
  readonly listId: string;
  readonly batchSize: number;
  readonly signal: AbortSignal;
  /** A sign of life, about once a second until the plan is there. */
  readonly onTick?: () => void;
}): Promise<PlannedPages> {
  const { journal, listId, batchSize, signal, onTick = () => {} } = options;
  const current = await listed(journal, listId);
  const lists = await openLists(journal);
  const logs = lists.filter(({ realLogs }) => realLogs.length > 0).flatMap(({ dryLogs, realLogs }) => [...dryLogs, ...realLogs]);
  const sorted = { file: join(current.folder, 'plan.sorted') };
  const summary = await withSignsOfLife(sortAndSum(logs, { into: sorted.file, scratch: current.folder, signal }), onTick);
  return { lists: lists.map(({ id }) => id), summary, pages: () => pagesOf(platformsOf(sorted), batchSize) };
}

const sortAndSum = async (logs: readonly string[], settings: SortSettings): Promise<PlanSummary> =>
  summarise(await sortChanges(logs, settings));

/** The notes of a pass that may be taken as complete. @throws {Failure} when it may not. */
function notesOf({ outcome }: PassResult, { acceptPartial = false }: PassOptions): readonly string[] {
  if (outcome.kind === 'clean') return outcome.note === null ? [] : [outcome.note];
  if (acceptPartial && outcome.code === 'partial_transfer') return [`${outcome.happened}; the rest is complete.`];
  throw new Failure(outcome);
}

/** A full disk is looked at again soon, which costs the source nothing. */
function notesOfCopy(pass: PassResult, options: PassOptions): readonly string[] {
  const { outcome } = pass;
  if (outcome.kind === 'clean' || outcome.code !== 'disk_full') return notesOf(pass, options);
  throw new Failure({ ...outcome, retryAfterMs: ROOM_LOOK_MS });
}

async function listed(journal: string, listId: string): Promise<ChangeList> {
  const list = await readList(journal, listId);
  if (list !== null && list.meta.listed !== null) return list;
  throw new Failure({
    kind: 'replan',
    code: 'not_listed',
    happened: `The list ${listId} in ${journal} is not complete`,
    expected: 'a dry pass that came to its end',
    remedy: 'List the changes first',
  });
}

/** Between the dry and the real pass the source may move on, but not lose a part of its tree that nobody has judged. */
const deletionsAllowed = ({ deletedFiles }: RsyncStats): number => deletedFiles + Math.max(100, Math.ceil(deletedFiles / 10));

/** Lets a call through at most once in so many milliseconds, the first time after as long. */
function every(milliseconds: number, call: () => Promise<void>): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < milliseconds) return;
    last = performance.now();
    await call();
  };
}
