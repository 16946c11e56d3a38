import { isFailure, messageOf } from '../../errors.ts';
import type { Values as FileValues, NetcdfFile, ReadRequest } from '../../formats/netcdf/file.ts';
import type { Values } from '../../formats/zarr/values.ts';
import type { Rank } from '../order.ts';
import type { ColumnPlan, SortedSource } from '../series.ts';
import { isTextType } from './column-types.ts';
import { absentValues, asPlanned } from './convert.ts';
import { changedUnderway, type FileHeader, type FileVariable, textBytesOf } from './header.ts';
import { owning } from './release.ts';
import type { Shelf } from './shelf.ts';
import { readTimes, type Stretch } from './times.ts';

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

/** A stretch of a file whose times ascend. The stretches of a file are sources in the order of their positions. */
export function stretchSource(file: UsableFile, stretch: Stretch): SortedSource {
  const { rank, header } = file;
  return {
    rows: stretch.count,
    times: async (from, count) => {
      const start = stretch.from + from;
      if (from === 0 && count === 1) return Float64Array.of(stretch.firstTime);
      return file.times?.subarray(start, start + count) ?? reading(file, (opened) => readTimes(opened, header, start, count));
    },
    origins: async (_from, count) => (count === 0 ? [] : [{ rows: count, origin: rank }]),
    values: (column, from, count) => readColumn(file, column, stretch.from + from, count),
    close: async () => {},
  };
}

/** Rows of a file, by position in the file, as the plan wants them. */
export async function readColumn(file: UsableFile, column: ColumnPlan, from: number, count: number): Promise<Values> {
  if (column.name === 'time') return reading(file, (opened) => readTimes(opened, file.header, from, count));
  const variable = file.header.variables.get(column.name);
  // A name that is text here and a number there is what the plan says; the other kind counts as absent.
  const isThere = variable?.isOnTime === true && column.isOnTime && isTextType(variable.numpy) === isTextType(column.type);
  if (!isThere) return owning(absentValues(column, count));
  const found = await reading(file, async (opened) => {
    const read: readonly FileValues[] = await opened.read([{ name: column.name, from, count, ...textForm(variable, column) }]);
    if (opened.variables.get(column.name)?.type === variable.type && read[0] !== undefined)
      return { values: read[0], isOwn: opened.container === 'hdf5' };
    throw changedUnderway(file.path, `${column.name} has another type`);
  });
  const values = asPlanned(found.values, variable, column, count);
  return found.isOwn || values !== found.values ? owning(values) : values;
}

/** Texts of any length come as long as the plan has them; more is not what was measured. */
const textForm = ({ type }: FileVariable, column: ColumnPlan): Pick<ReadRequest, 'texts'> =>
  type === 'string' ? { texts: { kind: 'bytes', length: textBytesOf(column.type) } } : {};

async function reading<T>(file: UsableFile, work: (opened: NetcdfFile) => Promise<T>): Promise<T> {
  try {
    return await file.shelf.use(file.path, work);
  } catch (error) {
    if (isFailure(error, 'unreadable_file')) file.onBroken(messageOf(error));
    throw error;
  }
}
