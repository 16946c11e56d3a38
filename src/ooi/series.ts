import type { Fill } from '../formats/zarr/fill.ts';
import type { JsonObject } from '../formats/zarr/json.ts';
import type { Values } from '../formats/zarr/values.ts';
import type { DataFileName, Rank } from './order.ts';

/** Rows of one window of a series, and of one chunk of a one-dimensional array. */
export const WINDOW_ROWS = 250_000;

/**
 * Rows of those of every second generation, as close by as has many divisors (2^7 · 3^2 · 7 · 31). Whoever holds a store open across a
 * refresh then meets chunks of another length than he expects, and decoders refuse them. Specification 7.7.
 */
export const OTHER_WINDOW_ROWS = 249_984;

/** Rows that are read together: about a window, in whole chunks, so that none is decoded twice. */
export const rowsTogether = (chunkRows: number): number => chunkRows * Math.max(1, Math.round(WINDOW_ROWS / chunkRows));

/** A dimension besides time: `wavelength`, `bin`, … */
export interface InnerDimension {
  readonly name: string;
  readonly size: number;
}

/** What stands where a file does not have the variable, or not so many of it. Specification 7.5, rule 9. */
export type Absent =
  | { readonly kind: 'value'; readonly value: Fill }
  /** `*_qartod_executed`: the digit 9 for each of so many tests. */
  | { readonly kind: 'tests'; readonly tests: number };

/** One array of a store. Times come first: `time` is float64, seconds since 1900-01-01, without fill. */
export interface ColumnPlan {
  readonly name: string;
  /** As numpy writes it: `<f8`, `|u1`, `|S4`. */
  readonly type: string;
  /** False: the coordinate of an inner dimension, 0 to k-1, the same for every row. */
  readonly isOnTime: boolean;
  /** Behind time, in order. */
  readonly inner: readonly InnerDimension[];
  readonly fill: Fill;
  readonly absent: Absent;
  /** Without `_ARRAY_DIMENSIONS` and `_FillValue`. */
  readonly attributes: JsonObject;
}

/** What a store looks like: its arrays in byte order of their names, and its global attributes without `time_coverage_*`. */
export interface SeriesPlan {
  readonly columns: readonly ColumnPlan[];
  readonly attributes: JsonObject;
}

/** Something a file said, and which file it was. */
export interface Said<T> {
  readonly value: T;
  readonly by: Rank;
}

/**
 * What all files so far say of the store's form, each with who said it, so that the plan follows in whatever order requests come.
 * JSON as it is. Joining two is commutative, associative and idempotent.
 */
export interface SchemaNotes {
  readonly variables: Readonly<Record<string, VariableNotes>>;
  /** Global attributes: the last file that has one wins. */
  readonly attributes: Readonly<Record<string, Said<JsonObject[string]>>>;
  /** Extremes over all files, for `geospatial_{lat,lon}_{min,max}`. */
  readonly extent: Readonly<Record<string, number>>;
}

export interface VariableNotes {
  /** For each type met (`<f4`, `|S16`): who had it first, and the first fill that was declared with it, as JSON. */
  readonly types: Readonly<Record<string, { readonly first: Rank; readonly fill: Said<JsonObject[string]> | null }>>;
  /** Longest seen of each inner dimension, in order. */
  readonly inner: readonly InnerDimension[];
  readonly isOnTime: boolean;
  /** The last file that has an attribute wins. */
  readonly attributes: Readonly<Record<string, Said<JsonObject[string]>>>;
  /** The longest list of `tests_executed`; of equally long ones the first. */
  readonly tests: Said<string> | null;
  /** Bytes of the longest text. */
  readonly textBytes: number;
}

/** Why a file was left out. Specification 7.5, rule 3. Only `empty` does not degrade a run. */
export type LeftOut = 'missing' | 'unreadable' | 'empty' | 'no_time' | 'bad_time_units' | 'unfit';

export type FileReport =
  | {
      readonly state: 'read';
      readonly file: DataFileName;
      readonly rows: number;
      /** Rows without a usable time. */
      readonly dropped: number;
      readonly firstTime: number;
      readonly lastTime: number;
      readonly sizeBytes: number;
    }
  | { readonly state: 'left_out'; readonly file: DataFileName; readonly reason: LeftOut; readonly message: string };

/** So many rows in a row that came from one place. */
export interface OriginRun {
  readonly rows: number;
  readonly origin: Rank;
}

/** Rows of one place in strictly ascending order of time, values as a plan wants them: a file of a request, or a part of a store. */
export interface SortedSource {
  readonly rows: number;
  /** Of rows `from` to `from + count - 1`. */
  times(from: number, count: number): Promise<Float64Array>;
  /** Runs that add up to `count` rows. */
  origins(from: number, count: number): Promise<readonly OriginRun[]>;
  /** Whole rows of one column in C order; absent values where the place does not have it. */
  values(column: ColumnPlan, from: number, count: number): Promise<Values>;
  /** The same, put into room of just that size. Absent: no way is shorter than copying. */
  fill?(target: Values, column: ColumnPlan, from: number, count: number): Promise<void>;
  close(): Promise<void>;
}

/** A stretch of merged rows: unique, ascending. */
export interface SeriesWindow {
  readonly rows: number;
  readonly times: Float64Array;
  readonly origins: readonly OriginRun[];
  values(column: ColumnPlan, from: number, count: number): Promise<Values>;
}

/** One accepted request whose files are at hand. */
export interface RequestRef {
  /** The facility's UUID. */
  readonly id: string;
  readonly kind: 'append' | 'refresh';
  /** ISO 8601, UTC. */
  readonly requestedAt: string;
  /** The range asked for, ISO 8601, UTC. */
  readonly begin: string;
  readonly end: string;
}

/** A request ready to go into a store. */
export interface SeriesInput {
  readonly request: RequestRef;
  readonly notes: SchemaNotes;
  readonly files: readonly FileReport[];
  readonly sources: readonly SortedSource[];
}
