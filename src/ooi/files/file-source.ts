import { isFailure, messageOf } from '../../errors.ts';
import type { NetcdfFile, ReadRequest } from '../../formats/netcdf/file.ts';
import type { Values } from '../../formats/zarr/values.ts';
import type { Rank } from '../order.ts';
import type { ColumnPlan, SortedSource } from '../series.ts';
import { isTextType } from './column-types.ts';
import { absentValues, asPlanned, copyElements, hasRowsAs, rowElements, rowsToFill } from './convert.ts';
import { changedUnderway, type FileHeader, type FileVariable, textBytesOf } from './header.ts';
import { doublesToFill, owning } from './release.ts';
import type { Shelf } from './shelf.ts';
import { type RowRange, rangesOf, rowsOf, type Stretch } from './stretches.ts';
import { readTimes } from './times.ts';

/** One usable file, read in place through the shelf. */
export interface UsableFile {
  readonly path: string;
  readonly header: FileHeader;
  readonly rank: Rank;
  readonly shelf: Shelf;
  /** Times of all rows where they are still at hand. */
  readonly times: Float64Array | null;
  /** Told when values turn out to be unreadable, before the failure goes on. */
  onBroken(message: string): void;
}

/** Stretches of a file each of which begins behind the end of the one before. */
export function stretchSource(file: UsableFile, stretches: readonly Stretch[]): SortedSource {
  const { rank, header } = file;
  const firstTime = stretches[0]?.firstTime ?? Number.NaN;
  const fill = (target: Values, column: ColumnPlan, from: number, count: number): Promise<void> =>
    fillColumn(target, file, column, rangesOf(stretches, from, count));
  return {
    rows: rowsOf(stretches),
    times: async (from, count) => {
      if (from === 0 && count === 1) return Float64Array.of(firstTime);
      const ranges = rangesOf(stretches, from, count);
      const [only] = ranges;
      if (file.times !== null && ranges.length === 1 && only !== undefined) return file.times.subarray(only.from, only.from + count);
      const times = doublesToFill(count);
      for (const { from: start, count: rows, at } of ranges)
        times.set(
          file.times?.subarray(start, start + rows) ?? (await reading(file, (opened) => readTimes(opened, header, start, rows))),
          at,
        );
      return times;
    },
    origins: async (_from, count) => (count === 0 ? [] : [{ rows: count, origin: rank }]),
    values: async (column, from, count) => {
      const target = owning(rowsToFill(column, count));
      await fill(target, column, from, count);
      return target;
    },
    fill,
    close: async () => {},
  };
}

/** Rows of a file, by position in the file, as the plan wants them. */
export async function readColumn(file: UsableFile, column: ColumnPlan, from: number, count: number): Promise<Values> {
  const target = owning(rowsToFill(column, count));
  await fillColumn(target, file, column, [{ from, count, at: 0 }]);
  return target;
}

/** Puts the rows of ranges one behind the other, as the plan wants them. */
async function fillColumn(target: Values, file: UsableFile, column: ColumnPlan, ranges: readonly RowRange[]): Promise<void> {
  const length = rowElements(column);
  const variable = file.header.variables.get(column.name);
  // A name that is text here and a number there is what the plan says; the other kind counts as absent.
  const isThere = variable?.isOnTime === true && column.isOnTime && isTextType(variable.numpy) === isTextType(column.type);
  if (column.name === 'time') {
    for (const { from, count, at } of ranges)
      copyElements(target, at, await reading(file, (opened) => readTimes(opened, file.header, from, count)), 0, count);
    return;
  }
  if (!isThere) return copyElements(target, 0, absentValues(column, rowsOf(ranges)), 0, target.length);
  const rooms = ranges.map(({ at, count }) => target.subarray(at * length, (at + count) * length));
  const requests = ranges.map(
    ({ from, count }, i): ReadRequest => ({ name: column.name, from, count, ...formOf(variable, column, rooms[i]) }),
  );
  const read = await reading(file, async (opened) => {
    if (opened.variables.get(column.name)?.type === variable.type) return opened.read(requests);
    throw changedUnderway(file.path, `${column.name} has another type`);
  });
  for (const [i, { count, at }] of ranges.entries()) {
    const found = read[i];
    if (found === undefined) throw changedUnderway(file.path, `${column.name} has fewer rows`);
    const values = asPlanned(found, variable, column, count);
    if (values !== rooms[i]) copyElements(target, at * length, values, 0, values.length);
  }
}

/** Texts of any length come as long as the plan has them; more is not what was measured. Numbers go where they belong at once. */
const formOf = (variable: FileVariable, column: ColumnPlan, room: Values | undefined): Pick<ReadRequest, 'texts' | 'into'> =>
  variable.type === 'string'
    ? { texts: { kind: 'bytes', length: textBytesOf(column.type) } }
    : room !== undefined && variable.numpy === column.type && hasRowsAs(variable, column)
      ? { into: room }
      : {};

async function reading<T>(file: UsableFile, work: (opened: NetcdfFile) => Promise<T>): Promise<T> {
  try {
    return await file.shelf.use(file.path, work);
  } catch (error) {
    if (isFailure(error, 'unreadable_file')) file.onBroken(messageOf(error));
    throw error;
  }
}
