import type { Hdf5Pool } from '../../formats/netcdf/hdf5-pool.ts';
import type { Rank } from '../order.ts';
import type { FileReport, RequestRef, SchemaNotes, SeriesInput, SeriesPlan, SortedSource } from '../series.ts';
import { stretchSource, type UsableFile } from './file-source.ts';
import { inTurn } from './in-turn.ts';
import { type Inspected, type Inspection, inspectFile } from './inspect.ts';
import { conflictOf, joinNotes } from './join.ts';
import { NO_NOTES } from './notes.ts';
import { misfitOf, type PlanOptions, planOf } from './plan.ts';
import { type NamedFile, type SelectedFile, selectFiles } from './select.ts';
import { Shelf } from './shelf.ts';
import { sortedSource } from './sorted-copy.ts';
import { joined } from './stretches.ts';

export interface SeriesInputOptions {
  readonly request: RequestRef;
  readonly table: string;
  /** A folder, all of which is looked at, or the files that the facility named; one that is not there is `missing`. */
  readonly files: string | readonly NamedFile[];
  /** What a store knows already: a file whose texts it has as numbers, or the other way round, is left out as `unfit`. */
  readonly known?: SchemaNotes;
  /** Least sizes of inner dimensions, by name. */
  readonly maximum?: Readonly<Record<string, number>>;
  readonly hdf5: Hdf5Pool;
  /** An existing folder for what has to be sorted anew. */
  readonly scratch: string;
  /** Files to leave out as `unreadable`, by name, each with the sentence why. */
  readonly broken?: ReadonlyMap<string, string>;
  readonly signal?: AbortSignal;
  onFile?(report: FileReport, index: number, of: number): void;
}

export interface OpenSeriesInput extends SeriesInput {
  /** By this request alone, and what is known. */
  readonly plan: SeriesPlan;
  /** Files whose values turned out to be unreadable while they were read, each with the sentence why. Grows. */
  readonly broken: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

/** Files that are looked at at the same time. */
const FILES_AHEAD = 4;

/** Times that are kept from the first look on, in rows: 16 MB. */
const KEPT_TIMES = 2_000_000;

/**
 * Looks at all files of a request: headers, times, and no other values but texts that do not tell their length. Memory does not grow with
 * the rows of files.
 * @throws {Failure} kind again: no HDF5 thread; Node's own errors of reading files, but not ENOENT, pass through
 */
export async function openSeriesInput(options: SeriesInputOptions): Promise<OpenSeriesInput> {
  const shelf = new Shelf(options.hdf5);
  const broken = new Map<string, string>();
  try {
    const selected = await selectFiles(options.files, options.table);
    const files: FileReport[] = [];
    const sources: SortedSource[] = [];
    let [notes, own, keepTimes] = [options.known ?? NO_NOTES, NO_NOTES, KEPT_TIMES];
    const inspecting = inTurn(selected, FILES_AHEAD, async (one, index) => {
      const rank: Rank = { requestedAt: options.request.requestedAt, request: options.request.id, file: index };
      const message = options.broken?.get(one.file.name);
      const inspection =
        message === undefined
          ? await inspectFile(one, rank, { ...options, shelf, keepTimes: keepTimes / FILES_AHEAD })
          : refused(one, message);
      return { one, rank, index, inspection };
    });
    for await (const { one, rank, index, inspection } of inspecting) {
      const fitting = 'notes' in inspection ? unlessUnfit(inspection, notes, options) : inspection;
      files.push(fitting.report);
      options.onFile?.(fitting.report, index, selected.length);
      if (!('notes' in fitting)) continue;
      notes = joinNotes(notes, fitting.notes);
      own = joinNotes(own, fitting.notes);
      keepTimes -= fitting.scanned.times?.length ?? 0;
      const onBroken = (why: string): void => void broken.set(one.file.name, why);
      const file = { path: one.path, header: fitting.header, rank, shelf, onBroken, times: fitting.scanned.times };
      sources.push(...(await sourcesOf(file, fitting, options)));
    }
    const close = async (): Promise<void> => {
      await Promise.all(sources.map((source) => source.close()));
      await shelf.close();
    };
    return { request: options.request, notes: own, files, sources, broken, plan: planOf(notes, options), close };
  } catch (error) {
    await shelf.close();
    throw error;
  }
}

const refused = ({ file }: SelectedFile, message: string): Inspection => ({
  report: { state: 'left_out', file, reason: 'unreadable', message },
});

function unlessUnfit(inspected: Inspected, known: SchemaNotes, options: PlanOptions): Inspection {
  const conflict = conflictOf(known, inspected.notes);
  const why =
    conflict === null ? misfitOf(joinNotes(known, inspected.notes), options) : `${conflict} is text in one and numbers in the other`;
  if (why === null) return inspected;
  const { file } = inspected.report;
  const message = `${file.name} is left out. It does not fit to what came before: ${why}`;
  return { report: { state: 'left_out', file, reason: 'unfit', message } };
}

async function sourcesOf(
  file: UsableFile,
  { scanned }: Inspected,
  { scratch, signal }: SeriesInputOptions,
): Promise<readonly SortedSource[]> {
  if (scanned.stretches === null) return [await sortedSource(file, scanned, { scratch, signal })];
  return joined(scanned.stretches).map((stretches) => stretchSource(file, stretches));
}
