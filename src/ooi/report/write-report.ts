import { Failure, isFailure } from '../../errors.ts';
import type { ObjectStore, WriteOptions } from '../../stores/objects/contract.ts';
import { type Compared, type CompareOptions, compareStores } from './compare.ts';
import type { Comparison } from './comparison.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { reportPage } from './page.ts';
import { PLOT_WIDTH } from './picture/chart.ts';
import { drawComparison, tellingVariables } from './picture/compare-chart.ts';
import type { SeriesView } from './series-view.ts';
import { type ReportWords, wordsOf } from './words.ts';

export interface ReportTarget {
  readonly objects: ObjectStore;
  /** Prefix of the three objects, without a slash at its end. */
  readonly folder: string;
  /** Such as the table's name. */
  readonly title: string;
  /** Names of the two generations. */
  readonly old: string;
  readonly new: string;
  readonly now: Date;
}

/** Small: what a run's record holds of a comparison; the whole is in the objects. */
export interface ReportOutcome {
  readonly coverage: Coverage;
  readonly rows: Comparison['rows'];
  /** Variables with changed values or another form, and those that came or went. */
  readonly variables: { readonly compared: number; readonly different: number };
  readonly changedValues: number;
  readonly words: ReportWords;
  /** Keys: the report for people, for machines, and its picture. */
  readonly files: { readonly page: string; readonly data: string; readonly picture: string };
}

/** Appends go on while a store is compared: a chunk that one of them writes anew is no longer what the record said when it was opened. */
export interface WhileChanging {
  /** Whether the live store is being changed, or was since its view was opened. Asked only when a chunk is not what was expected. */
  readonly hasChanged?: () => Promise<boolean>;
}

const changedMeanwhile = (cause: unknown): Failure =>
  new Failure({
    kind: 'again',
    code: 'store_changed',
    happened: 'The live store was changed while it was compared with the new one',
    remedy: 'It is compared again by itself',
    cause,
  });

/** Panels of the picture. */
const PANELS = 6;

/**
 * Compares the live store with a new one and writes `report.html`, `report.json` and `report.svg`. Nothing is decided:
 * `coverage.isShorter` says whether publishing wants `accept: ['shorter']`.
 *
 * @throws {Failure} `store_changed` (again), and as `compareStores` and the object store do
 */
export async function reportRefresh(
  views: { readonly old: SeriesView; readonly new: SeriesView },
  target: ReportTarget,
  options: CompareOptions & WriteOptions & WhileChanging = {},
): Promise<ReportOutcome> {
  const compared = await compareStores(views.old, views.new, { ...options, pixels: PLOT_WIDTH }).catch(async (error: unknown) => {
    const isOfChange = isFailure(error, 'damaged_chunk', 'missing_chunk') && (await options.hasChanged?.()) === true;
    throw isOfChange ? changedMeanwhile(error) : error;
  });
  return writeReport(compared, target, options);
}

export async function writeReport(
  { comparison, envelopes }: Compared,
  target: ReportTarget,
  options: WriteOptions = {},
): Promise<ReportOutcome> {
  const { objects, folder, title, old, new: fresh, now } = target;
  const coverage = coverageOf(comparison);
  const words = wordsOf(comparison, coverage);
  const picture = drawComparison(comparison, envelopes, tellingVariables(comparison, PANELS), title);
  const page = reportPage({ title, old, new: fresh, comparison, coverage, picture, madeAt: now });
  const data = JSON.stringify({ format: 1, title, old, new: fresh, madeAt: now.toISOString(), coverage, words, comparison });
  const files = { page: `${folder}/report.html`, data: `${folder}/report.json`, picture: `${folder}/report.svg` };
  const write = {
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.fence === undefined ? {} : { fence: options.fence }),
  };
  await objects.put(files.data, Buffer.from(data), { ...write, contentType: 'application/json' });
  await objects.put(files.picture, Buffer.from(picture), { ...write, contentType: 'image/svg+xml' });
  await objects.put(files.page, Buffer.from(page), { ...write, contentType: 'text/html; charset=utf-8' });
  const different = comparison.variables.filter(
    ({ state, form, total }) => state !== 'compared' || form.length > 0 || total.changedRows > 0,
  );
  return {
    coverage,
    rows: comparison.rows,
    variables: { compared: comparison.variables.length, different: different.length },
    changedValues: comparison.variables.reduce((sum, { total }) => sum + total.changed + total.appeared + total.vanished, 0),
    words,
    files,
  };
}
