import { giveBack } from '../../formats/memory.ts';
import type { NetcdfFile, Values } from '../../formats/netcdf/file.ts';
import { secondsSince1900 } from '../../formats/zarr/time.ts';
import { changedUnderway, type FileHeader } from './header.ts';
import { type Stretch, Stretches } from './stretches.ts';

export interface ScannedTimes {
  /** Rows with a usable time. */
  readonly usable: number;
  readonly dropped: number;
  readonly firstTime: number;
  readonly lastTime: number;
  /** null: more than `STRETCHES`. */
  readonly stretches: readonly Stretch[] | null;
  /** Of all rows, where they were few enough to be kept. */
  readonly times: Float64Array | null;
}

/** From the year 1 to the year 9999, seconds since 1900: no text, and no reader, has another time. What lies beyond is damage, or a fill that nobody declared. */
const [EARLIEST, LATEST] = [-59_926_608_000, 255_611_289_600] as const;

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
    const time = isPlain ? raw : secondsSince1900(raw, timeUnits);
    times[i] = raw !== timeFill && time >= EARLIEST && time < LATEST ? time : Number.NaN;
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
  const found = new Stretches();
  for (let from = 0; from < header.rows; from += PIECE_ROWS) {
    signal?.throwIfAborted();
    const times = await readTimes(file, header, from, Math.min(PIECE_ROWS, header.rows - from));
    kept?.set(times, from);
    found.see(times, from);
    if (file.container === 'hdf5') giveBack(times); // others may hand out what they hold
  }
  const { usable, firstTime, lastTime, all: stretches } = found;
  return { usable, dropped: header.rows - usable, firstTime, lastTime, stretches, times: kept };
}
