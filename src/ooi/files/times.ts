import type { NetcdfFile, Values } from '../../formats/netcdf/file.ts';
import { secondsSince1900 } from '../../formats/zarr/time.ts';
import { changedUnderway, type FileHeader } from './header.ts';

/** A stretch of a file's rows with usable, strictly ascending times. */
export interface Stretch {
  readonly from: number;
  readonly count: number;
  readonly firstTime: number;
}

export interface ScannedTimes {
  /** Rows with a usable time. */
  readonly usable: number;
  readonly dropped: number;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly stretches: readonly Stretch[];
  /** Of all rows, where they were few enough to be kept. */
  readonly times: Float64Array | null;
}

/** 8 MB at a time. */
const PIECE_ROWS = 1_000_000;

/** Times of rows `from` to `from + count - 1`, seconds since 1900-01-01; NaN where there is no usable one. */
export async function readTimes(file: NetcdfFile, header: FileHeader, from: number, count: number): Promise<Float64Array> {
  const [values] = await file.read([{ name: 'time', from, count }]);
  if (values === undefined || values.length !== count) throw changedUnderway(file.path, 'it has fewer times');
  const times = asDoubles(values);
  const { timeFill, timeUnits } = header;
  const isPlain = timeUnits.secondsPerUnit === 1 && timeUnits.startSeconds === 0;
  for (let i = 0; i < times.length; i++) {
    const raw = times[i] ?? Number.NaN;
    if (raw === timeFill) times[i] = Number.NaN;
    else if (!isPlain) times[i] = secondsSince1900(raw, timeUnits);
  }
  return times;
}

function asDoubles(values: Values): Float64Array {
  if (values instanceof Float64Array) return values;
  return Float64Array.from({ length: values.length }, (_, i) => Number(values[i]));
}

export interface ScanOptions {
  /** Most rows whose times are kept. */
  readonly keepTimes: number;
  readonly signal?: AbortSignal | undefined;
}

/** Goes through all times of a file once. Specification 7.5, rule 4. */
export async function scanTimes(file: NetcdfFile, header: FileHeader, { keepTimes, signal }: ScanOptions): Promise<ScannedTimes> {
  const kept = header.rows <= keepTimes ? new Float64Array(header.rows) : null;
  const stretches: Stretch[] = [];
  let [usable, firstTime, lastTime] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [start, startTime, count, last] = [0, 0, 0, Number.NaN];
  for (let from = 0; from < header.rows; from += PIECE_ROWS) {
    signal?.throwIfAborted();
    const times = await readTimes(file, header, from, Math.min(PIECE_ROWS, header.rows - from));
    kept?.set(times, from);
    for (let i = 0; i < times.length; i++) {
      const time = times[i] ?? Number.NaN;
      if (!Number.isFinite(time)) {
        if (count > 0) stretches.push({ from: start, count, firstTime: startTime });
        count = 0;
        continue;
      }
      if (count > 0 && !(time > last)) {
        stretches.push({ from: start, count, firstTime: startTime });
        count = 0;
      }
      if (count === 0) [start, startTime] = [from + i, time];
      count += 1;
      usable += 1;
      last = time;
      if (time < firstTime) firstTime = time;
      if (time > lastTime) lastTime = time;
    }
  }
  if (count > 0) stretches.push({ from: start, count, firstTime: startTime });
  return { usable, dropped: header.rows - usable, firstTime, lastTime, stretches, times: kept };
}
