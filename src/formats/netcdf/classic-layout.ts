import { padded } from './classic-cursor.ts';
import type { DeclaredVariable, Header } from './classic-header.ts';
import { unreadable } from './unreadable.ts';

/** Where a variable's bytes lie: `rows` pieces (entries of its first dimension) of `rowBytes`, one every `stride` bytes from `begin` on. */
export interface Layout {
  readonly begin: number;
  readonly rows: number;
  readonly rowBytes: number;
  readonly stride: number;
}

export interface RecordLayout {
  readonly count: number;
  /** Bytes from one record to the next. */
  readonly stride: number;
}

/**
 * Settles the size and number of records and proves that all bytes the header promises lie in the file, behind the header, none of them twice.
 * Padding behind the very last value may be missing, as in files of old writers.
 * @throws {Failure} `unreadable_file`
 */
export function settleRecords(path: string, header: Header, fileSize: number): RecordLayout {
  const fixed = inFileOrder(header.variables.filter(({ isRecord }) => !isRecord));
  const records = inFileOrder(header.variables.filter(({ isRecord }) => isRecord));

  let end = header.end;
  for (const variable of fixed) end = placeBehind(path, variable, end, (variable.dimensions[0]?.size ?? 1) * variable.rowBytes, fileSize);

  const stride = recordStride(records);
  const count = header.recordCount ?? wholeRecords(records, stride, fileSize);
  if (count === 0) return { count, stride };
  for (const variable of records) {
    end = placeBehind(path, variable, end, variable.rowBytes, fileSize);
    placeBehind(path, variable, variable.begin, (count - 1) * stride + variable.rowBytes, fileSize);
  }
  const [first] = records;
  if (first !== undefined && end > first.begin + stride) {
    throw unreadable({ path, what: 'the variables of one record reach into the next', offset: first.begin + stride });
  }
  return { count, stride };
}

/** Writers keep the order of declaration nearly always, so this is seldom more than one look at each. */
function inFileOrder(variables: readonly DeclaredVariable[]): readonly DeclaredVariable[] {
  const isSorted = variables.every(({ begin }, i) => begin >= (variables[i - 1]?.begin ?? 0));
  return isSorted ? variables : variables.toSorted((a, b) => a.begin - b.begin);
}

/** Every variable's part of a record fills up to a multiple of four bytes, except where it is the only one. */
function recordStride(records: readonly DeclaredVariable[]): number {
  const [first] = records;
  if (first !== undefined && records.length === 1) return first.rowBytes;
  return records.reduce((bytes, { rowBytes }) => bytes + padded(rowBytes), 0);
}

function wholeRecords(records: readonly DeclaredVariable[], stride: number, fileSize: number): number {
  if (records.length === 0) return 0;
  return Math.min(...records.map(({ begin, rowBytes }) => Math.max(0, Math.floor((fileSize - begin - rowBytes) / stride) + 1)));
}

/** Checks one stretch of bytes and returns where it ends. Sums beyond 2^53 lose precision, never their size. */
function placeBehind(path: string, { name, begin }: DeclaredVariable, from: number, bytes: number, fileSize: number): number {
  if (begin < from)
    throw unreadable({ path, what: `the values of ${name} begin inside other data`, offset: begin, expected: `byte ${from} or later` });
  if (begin + bytes > fileSize) {
    const what = `the values of ${name} (${bytes} bytes) go past the end of the file (${fileSize} bytes)`;
    throw unreadable({ path, what, offset: begin });
  }
  return begin + bytes;
}
