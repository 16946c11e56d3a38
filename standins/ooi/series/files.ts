import type { Defect } from '../switches.ts';
import type { AcceptedRequest } from '../world.ts';
import { type Column, columnsOf } from './columns.ts';
import { keyOf, noise } from './noise.ts';
import type { SeriesOptions } from './options.ts';
import { type Row, rowsOf } from './rows.ts';
import type { Stream } from './stream.ts';
import { stampOf, timelineOf } from './timeline.ts';

/** A data file before it is written: everything in it follows from this. */
export interface FilePlan {
  readonly name: string;
  readonly deployment: number;
  readonly columns: readonly Column[];
  /** In file order. */
  readonly rows: readonly Row[];
  readonly defect: Defect['kind'] | null;
}

/** The part of an accepted request that its files follow from. */
export type RequestSeed = Pick<AcceptedRequest, 'table' | 'acceptedAt' | 'begin' | 'end' | 'outcome' | 'defects'>;

/** The data files of a request as the server had the rows when it was accepted; in the order of their names. */
export function filesOf(options: SeriesOptions, stream: Stream, request: RequestSeed): readonly FilePlan[] {
  const moment = momentOf(options, request);
  const deployments = timelineOf(options, stream).deploymentsAt(request.acceptedAt);
  const plans: FilePlan[] = [];
  for (let deployment = 1; deployment <= deployments; deployment += 1) {
    const columns = columnsOf(stream.kind, deployment, options.wavelengths.at((deployment - 1) % options.wavelengths.length) ?? 1);
    const rows = [...rowsOf(options, stream, deployment, moment)];
    for (const part of request.outcome === 'unmerged' ? pieces(options, rows) : parts(options, stream, deployment, rows))
      plans.push({ name: nameOf(stream.table, deployment, part), deployment, columns, rows: part, defect: null });
  }
  plans.sort((a, b) => (a.name < b.name ? -1 : 1));
  const defectOf = (index: number): Defect['kind'] | null =>
    request.defects.find(({ file }) => (file < 0 ? file + plans.length : file) === index)?.kind ?? null;
  return plans.map((plan, index) => withDefect(plan, defectOf(index)));
}

export const momentOf = ({ beginMs }: SeriesOptions, { begin, end, acceptedAt }: Pick<RequestSeed, 'begin' | 'end' | 'acceptedAt'>) => ({
  beginUs: begin ?? beginMs * 1000,
  endUs: end ?? acceptedAt * 1000,
  nowMs: acceptedAt,
});

function withDefect(plan: FilePlan, defect: Defect['kind'] | null): FilePlan {
  const { columns } = plan;
  const timed = (units: string, base: number): readonly Column[] =>
    columns.map((one) => (one.kind === 'number' && one.role === 'time' ? { ...one, base, attributes: { ...one.attributes, units } } : one));
  switch (defect) {
    case 'empty':
      return { ...plan, rows: [], defect };
    case 'no_time':
      return { ...plan, columns: columns.filter(({ name }) => name !== 'time'), defect };
    case 'other_epoch':
      return { ...plan, columns: timed('seconds since 2025-01-01 00:00:00', OTHER_EPOCH_SECONDS), defect };
    case 'bad_units':
      return { ...plan, columns: timed('ticks', 0), defect };
    default:
      return { ...plan, defect };
  }
}

/** 2025-01-01 in seconds since 1970. */
const OTHER_EPOCH_SECONDS = 1_735_689_600;

const nameOf = (table: string, deployment: number, rows: readonly Row[]): string =>
  `deployment${String(deployment).padStart(4, '0')}_${table}_${stampOf(rows[0]?.us ?? 0)}-${stampOf(rows.at(-1)?.us ?? 0)}.nc`;

/** Cut at so many rows. Half of the files begin with the last row of the one before; some are out of order. */
function* parts(options: SeriesOptions, stream: Stream, deployment: number, rows: readonly Row[]): Generator<readonly Row[]> {
  const { rowsPerFile, isIrregular } = options;
  const key = keyOf(stream.key, 'parts', deployment);
  for (let from = 0; from < rows.length; from += rowsPerFile) {
    const grid = rows[from]?.grid ?? 0;
    const isShared = isIrregular && from > 0 && noise(key, grid) < 0.5;
    const part = sound(rows.slice(isShared ? from - 1 : from, from + rowsPerFile));
    if (part.length > 0) yield isIrregular ? shuffled(part, noise(key, grid, 1)) : part;
  }
}

/** Unmerged: ten times as many, and each begins some rows before the one before ends. */
function* pieces({ rowsPerFile }: SeriesOptions, rows: readonly Row[]): Generator<readonly Row[]> {
  const length = Math.max(2, Math.floor(rowsPerFile / 10));
  for (let from = 0; from < rows.length; from += length) {
    const part = sound(rows.slice(Math.max(0, from - Math.floor(length / 3)), from + length));
    if (part.length > 0) yield part;
  }
}

/** A file neither begins nor ends with a row without a time: its name would say nothing. */
function sound(rows: readonly Row[]): readonly Row[] {
  const first = rows.findIndex(({ bad }) => bad === null);
  const last = rows.findLastIndex(({ bad }) => bad === null);
  return first < 0 ? [] : rows.slice(first, last + 1);
}

/** Stretches exchanged: in the middle, or the halves, so that the name runs backwards. */
function shuffled(rows: readonly Row[], chance: number): readonly Row[] {
  // Two rows with one time stay together, so that the later of them is the same one in every request.
  const at = (share: number): number => {
    const wanted = Math.floor(rows.length * share);
    return rows[wanted]?.us === rows[wanted - 1]?.us ? wanted + 1 : wanted;
  };
  if (rows.length < 20 || chance > 0.35) return rows;
  if (chance < 0.08) return sound([...rows.slice(at(0.5)), ...rows.slice(0, at(0.5))]);
  return [...rows.slice(0, at(0.3)), ...rows.slice(at(0.5), at(0.65)), ...rows.slice(at(0.3), at(0.5)), ...rows.slice(at(0.65))];
}
