import { Failure } from '../../errors.ts';
import { compareBytes, parseDataFileName } from '../order.ts';
import {
  type FileReport,
  type Said,
  type SchemaNotes,
  type SeriesInput,
  type SortedSource,
  type VariableNotes,
  WINDOW_ROWS,
} from '../series.ts';
import type { ConsumedFile, ConsumedRequest, Generation, SeriesStore } from './contract.ts';

/** The store that rows are taken from. */
export interface TakenFrom {
  readonly store: Pick<SeriesStore, 'source' | 'origins'>;
  readonly generation: Generation;
  readonly table: string;
  /** Whether it is being changed, or was since it was opened. */
  readonly isChanged: () => Promise<boolean>;
}

/**
 * What a request brought, from a generation that has it, as if its files had been read: for when they are gone. Rows in whose place a later
 * request put its own are that one's.
 *
 * @throws {Failure} `store_changed` (again), also from the sources: nothing that was read beside a change is handed out
 */
export async function rowsOfRequest(from: TakenFrom, { files, ...request }: ConsumedRequest): Promise<SeriesInput> {
  const { store, generation, table } = from;
  const all = await store.source(generation);
  const sources: SortedSource[] = [];
  for (const { at, rows } of await stretchesOf(from, request.id)) sources.push(stretchOf(from, all, at, rows));
  return { request, notes: notesSince(generation.state.notes, request.requestedAt), files: files.flatMap(reportOf(table)), sources };
}

interface Stretch {
  readonly at: number;
  rows: number;
}

async function stretchesOf(from: TakenFrom, request: string): Promise<readonly Stretch[]> {
  const { store, generation } = from;
  const found: Stretch[] = [];
  for (let begin = 0; begin < generation.state.length; begin += WINDOW_ROWS) {
    let at = begin;
    for (const { rows, origin } of await unchanged(
      from,
      store.origins(generation, begin, Math.min(WINDOW_ROWS, generation.state.length - begin)),
    )) {
      const last = found.at(-1);
      if (origin.request === request) {
        if (last !== undefined && last.at + last.rows === at) last.rows += rows;
        else found.push({ at, rows });
      }
      at += rows;
    }
  }
  return found;
}

const stretchOf = (from: TakenFrom, all: SortedSource, at: number, rows: number): SortedSource => ({
  rows,
  times: (begin, count) => unchanged(from, all.times(at + begin, count)),
  origins: (begin, count) => unchanged(from, all.origins(at + begin, count)),
  values: (column, begin, count) => unchanged(from, all.values(column, at + begin, count)),
  close: async () => undefined,
});

async function unchanged<T>({ generation, isChanged }: TakenFrom, reading: Promise<T>): Promise<T> {
  const [read] = await Promise.allSettled([reading]);
  if (await isChanged()) {
    throw new Failure({
      kind: 'again',
      code: 'store_changed',
      happened: `Generation ${generation.id} was changed while rows were taken from it`,
      remedy: 'They are taken again by themselves',
    });
  }
  if (read.status === 'rejected') throw read.reason;
  return read.value;
}

/**
 * What a request and later ones said of the form, and of each variable they had all that is known of its type and sizes: who said it first may
 * be an earlier one. Too much makes a column wider than needed, and loses nothing.
 */
function notesSince({ variables, attributes, extent }: SchemaNotes, requestedAt: string): SchemaNotes {
  const isSince = ({ by }: Pick<Said<unknown>, 'by'>): boolean => compareBytes(by.requestedAt, requestedAt) >= 0;
  const since = <T extends Said<unknown>>(said: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(said).filter(([, one]) => isSince(one)));
  const isNamed = ({ types, attributes: own }: VariableNotes): boolean =>
    Object.values(own).some(isSince) || Object.values(types).some(({ first }) => isSince({ by: first }));
  return {
    variables: Object.fromEntries(
      Object.entries(variables).flatMap(([name, known]) =>
        isNamed(known) ? [[name, { ...known, attributes: since(known.attributes) }]] : [],
      ),
    ),
    attributes: since(attributes),
    extent,
  };
}

/** As the record of the request has it: how many rows a file dropped, and its size, were not kept. */
const reportOf =
  (table: string) =>
  ({ name, rows, leftOut, firstTime = 0, lastTime = 0 }: ConsumedFile): readonly FileReport[] => {
    const file = parseDataFileName(name, table) ?? { name, deployment: 0, start: '', end: '' };
    const reason = REASONS.find((one) => one === leftOut);
    if (reason !== undefined) return [{ state: 'left_out', file, reason, message: `${name} was left out before` }];
    return [{ state: 'read', file, rows, dropped: 0, firstTime, lastTime, sizeBytes: 0 }];
  };

const REASONS = ['missing', 'unreadable', 'empty', 'no_time', 'bad_time_units', 'unfit'] as const;
