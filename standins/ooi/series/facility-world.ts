import { createHash } from 'node:crypto';
import { Failure } from '../../../src/errors.ts';
import { directoryStamp } from '../clock.ts';
import type { Accepted, AcceptedRequest, Ask, Asked, Estimate, ResultDirectory, World } from '../world.ts';
import { isText, numbers, texts } from './cells.ts';
import type { columnsOf } from './columns.ts';
import { type ExpectedSeries, expectedRows } from './expected.ts';
import { factAnswer } from './facts.ts';
import { filesOf, momentOf, type RequestSeed } from './files.ts';
import type { SeriesOptions } from './options.ts';
import { type GeneratedDirectory, resultsOf } from './results.ts';
import { rowsOf } from './rows.ts';
import { type Stream, streamsOf } from './stream.ts';
import { timelineOf } from './timeline.ts';

const USER = 'harvester@example.org';
/** Of directories whose files are kept once they were made: about 500 MB. */
const KEPT_ROWS = 2_000_000;

/** Generated streams, and what a store of one must hold. */
export interface GeneratedWorld extends World {
  readonly options: SeriesOptions;
  readonly streams: ReadonlyMap<string, Stream>;
  /**
   * The rows that a store of the table holds after these requests, whatever order they were processed in.
   * @param requests older first; as `Facility.requests` and `/standin/requests` have them.
   */
  expectedRows(table: string, requests: readonly RequestSeed[]): ExpectedSeries;
}

/** A facility whose streams are generated. Nothing is made before it is asked for, so that a thousand cost no more than one. */
export function generatedWorld(options: SeriesOptions): GeneratedWorld {
  const streams = streamsOf(options);
  const requests = new Map<string, AcceptedRequest>();
  const opened = new Map<string, GeneratedDirectory>();

  const kept = (name: string, make: () => GeneratedDirectory): GeneratedDirectory => {
    const found = opened.get(name) ?? make();
    opened.delete(name);
    opened.set(name, found);
    let rows = [...opened.values()].reduce((sum, one) => sum + one.rows, 0);
    for (const [oldest, one] of opened) {
      if (rows <= KEPT_ROWS || oldest === name) break;
      opened.delete(oldest);
      rows -= one.rows;
    }
    return found;
  };
  const directory = (name: string): ResultDirectory | null => {
    const request = requests.get(name);
    const stream = request === undefined ? undefined : streams.get(request.table);
    if (request === undefined || stream === undefined) return null;
    return kept(name, () => resultsOf(options, stream, request));
  };

  return {
    options,
    streams,
    expectedRows(table, wanted) {
      const stream = streams.get(table);
      if (stream === undefined) throw new Failure({ kind: 'stop', code: 'standin_stream', happened: `There is no stream ${table}` });
      return expectedRows(
        options,
        stream,
        wanted.filter((request) => request.table === table),
      );
    },
    user: USER,
    api: (path, query, nowMs) => factAnswer({ options, streams: [...streams.values()], nowMs }, path, query),
    estimate(ask, _, nowMs): Asked {
      const stream = streams.get(ask.table);
      if (stream === undefined) return { state: 'unknown' };
      return hasRows(options, stream, ask, nowMs) ? { state: 'data', estimate: estimateOf(options, ask, nowMs) } : { state: 'no_data' };
    },
    accept(ask, { outcome, defects }, nowMs): Accepted {
      const id = uuidOf(options.seed, ask.table, requests.size);
      let at = nowMs;
      while (requests.has(`${directoryStamp(at)}-${ask.table}`)) at += 1;
      const name = `${directoryStamp(at)}-${ask.table}`;
      const request: AcceptedRequest = { id, directory: name, acceptedAt: nowMs, outcome, defects, ...ask };
      requests.set(name, request);
      return { request, estimate: estimateOf(options, ask, nowMs) };
    },
    restore: (request) => void requests.set(request.directory, request),
    sample(ask, limit, nowMs) {
      const stream = streams.get(ask.table);
      return stream === undefined ? null : particles(options, stream, ask, limit, nowMs);
    },
    directories: () => [...requests.keys()],
    directory,
    goldCopy(table, nowMs) {
      const stream = streams.get(table);
      if (stream === undefined) return null;
      const acceptedAt = nowMs - (nowMs % DAY_MS);
      const request: AcceptedRequest = {
        ...{ id: uuidOf(options.seed, table, 'gold'), table, directory: table, acceptedAt, begin: null, end: null },
        ...{ query: {}, outcome: 'as_it_is', defects: [] },
      };
      return kept(`gold/${table}/${acceptedAt}`, () => resultsOf(options, stream, request));
    },
  };
}

const DAY_MS = 86_400_000;

function hasRows(options: SeriesOptions, stream: Stream, ask: Ask, nowMs: number): boolean {
  const moment = momentOf(options, { ...ask, acceptedAt: nowMs });
  for (let deployment = timelineOf(options, stream).deploymentsAt(nowMs); deployment > 0; deployment -= 1)
    for (const row of rowsOf(options, stream, deployment, moment)) if (row.bad === null) return true;
  return false;
}

const BYTES_PER_ROW = 100;

/** As the server guesses: 4.1e-6 s per byte, at least 60. */
function estimateOf(options: SeriesOptions, ask: Ask, nowMs: number): Estimate {
  const { beginUs, endUs } = momentOf(options, { ...ask, acceptedAt: nowMs });
  const from = Math.max(beginUs, options.beginMs * 1000);
  const rows = Math.max(1, Math.floor((Math.min(endUs, nowMs * 1000) - from) / (options.rowSeconds * 1e6)));
  const sizeCalculation = rows * BYTES_PER_ROW;
  return { sizeCalculation, timeCalculation: Math.max(60, Math.round(4.1e-6 * sizeCalculation)), numberOfSubJobs: 2 };
}

/** The first particles of a range, as JSON. */
function particles(options: SeriesOptions, stream: Stream, ask: Ask, limit: number, nowMs: number): readonly object[] {
  const plans = filesOf(options, stream, { ...ask, acceptedAt: nowMs, outcome: 'as_it_is', defects: [] });
  return plans
    .flatMap(({ rows, deployment, columns }) => {
      const source = { streamKey: stream.key, deployment };
      const cells = columns.map((column) => ({
        column,
        values: isText(column) ? texts(column, source, rows) : numbers(column, source, rows),
      }));
      return rows.map((_, index) => Object.fromEntries(cells.map(({ column, values }) => [column.name, valueAt(column, values, index)])));
    })
    .slice(0, limit);
}

function valueAt(column: ReturnType<typeof columnsOf>[number], values: ArrayLike<string | number>, index: number): unknown {
  const size = isText(column) ? 1 : (column.inner?.size ?? 1);
  return size === 1 ? values[index] : Array.from({ length: size }, (_, at) => values[index * size + at]);
}

function uuidOf(...parts: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(parts.join('/')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
