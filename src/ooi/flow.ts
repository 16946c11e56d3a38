import { z } from 'zod';
import { baseUrl } from '../config/addresses.ts';
import { flowKeys, schedule } from '../config/flow.ts';
import { secretReference } from '../config/secret.ts';
import { storePlace } from '../config/store-place.ts';
import { duration, durationFrom, flowName, folder, wholeNumber } from '../config/values.ts';
import { microsOf } from './m2m/instants.ts';
import { isInstrument, isMethod, isStream } from './names.ts';

const DAY_MS = 86_400_000;
/** Timers end at 2³¹ ms, and one of nothing asks without a pause. */
const TIMEOUT = durationFrom(100, DAY_MS, 'a duration from 100ms to 1d, such as 15m');
const LOOK = durationFrom(100, DAY_MS, 'a duration from 100ms to 1d, such as 1m');
const LOOK_BACK = durationFrom(0, 3_660 * DAY_MS, 'a duration of at most 3660d, such as 48h');

/** Each default once, with its reason. */
export const OOI_DEFAULTS = {
  api: 'https://ooinet.oceanobservatories.org',
  /** Late and corrected rows come within two days. */
  lookBack: '48h',
  /** Two weeks are enough for a reader to miss what a refresh took away. */
  keep: '14d',
  /** Facility's politeness: it publishes no limit, and four at once are enough. */
  requests: 4,
  connectTimeout: '30s',
  /** The facility's own estimate is never below a minute. */
  look: '1m',
  /** Whatever a request failed of is seldom over at once. */
  again: '1h',
  /** An accepted request may take the server a quarter of an hour to answer. */
  timeout: '15m',
  harvest: '0 0 * * *',
  verify: '0 18 * * 0',
  harvestAll: '0 0 * * *',
  annotations: '0 0 * * *',
  daily: '0 11 * * *',
  slabs: 8,
  /** Streams of a set that are worked on at once; those that only wait for the facility cost nothing and do not count. */
  width: 50,
  /** Whole series are fetched and built by so many of the refreshes that a set starts: days are appended beside them, on the same workers. */
  refreshes: 4,
  /** Less than a day: the run of the next day finds this one ended, whatever a stream still waits for. */
  patience: '20h',
} as const;

const instant = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })], { error: 'a time such as 2024-01-01T00:00:00Z' });

const upstream = z
  .strictObject({
    api: baseUrl.default(OOI_DEFAULTS.api).describe('the facility: what stands before /api/m2m'),
    user: secretReference.prefault({ env: 'OOI_USERNAME' }).describe('where the API user name is'),
    token: secretReference.prefault({ env: 'OOI_TOKEN' }).describe('where the API token is'),
    hosts: z
      .record(z.string().regex(/^[a-z0-9.-]+$/, 'the name of a host such as data.example.org'), baseUrl)
      .default({})
      .describe('other addresses for hosts that answers and catalogs name, such as a mirror of the download server'),
    timeout: TIMEOUT.prefault(OOI_DEFAULTS.timeout).describe('give up an answer after so long'),
    look: LOOK.prefault(OOI_DEFAULTS.look).describe(
      'the first look at a request after so long; the next ones double their distance, up to thirty times this',
    ),
    again: duration
      .prefault(OOI_DEFAULTS.again)
      .describe('a request that failed is asked again after so long, then after four times and sixteen times this'),
    downloads: wholeNumber(1, 16).default(OOI_DEFAULTS.requests).describe('files fetched at once'),
  })
  .transform(({ timeout, look, again, ...rest }) => ({ ...rest, timeoutMs: timeout, lookMs: look, againMs: again }));

const store = z
  .strictObject({
    place: storePlace.describe('where the stores are: a folder, or s3://bucket/prefix; the store of a stream is <place>/<table>'),
    publish: z
      .enum(['pointer', 'prefix'])
      .default('pointer')
      .describe('in a bucket: pointer: <table>.current.json names the generation; prefix: <place>/<table> itself is replaced'),
    codec: z.enum(['zstd', 'lz4', 'zlib']).default('zstd').describe('compression of new arrays'),
    keep: duration.prefault(OOI_DEFAULTS.keep).describe('how long a generation that was replaced can be rolled back to'),
  })
  .transform(({ keep, ...rest }) => ({ ...rest, keepMs: keep }));

const notify = z
  .strictObject({
    mail: z
      .array(z.email({ error: 'an address such as data@example.org' }))
      .default([])
      .describe('who is written to when a run of this flow needs somebody'),
    webhook: secretReference.exactOptional().describe('where the address of a webhook is; the address itself is a secret'),
  })
  .prefault({});

const common = {
  ...flowKeys,
  kind: z.literal('ooi'),
  upstream: upstream.prefault({}).describe('the facility'),
  store: store.describe('where the products are'),
  notify: notify.describe('who is told'),
};

/** One stream. */
const streamFlow = z
  .strictObject({
    ...common,
    instrument: z
      .string()
      .refine(isInstrument, 'a reference designator such as CE02SHBP-LJ01D-06-CTDBPN106')
      .describe('reference designator'),
    stream: z
      .strictObject({
        method: z.string().refine(isMethod, 'a method such as streamed or recovered_host').describe('how the data came'),
        name: z.string().refine(isStream, 'the name of a stream such as ctdbp_no_sample').describe('the stream'),
      })
      .describe('which data of the instrument'),
    range: z
      .strictObject({ start: instant.nullable().default(null), end: instant.nullable().default(null) })
      .refine(({ start, end }) => start === null || end === null || (microsOf(start) ?? 0) < (microsOf(end) ?? 0), {
        path: ['end'],
        error: 'a time after the start',
      })
      .prefault({})
      .describe('what a refresh, and the first harvest, asks for; null: everything there is'),
    lookBack: LOOK_BACK.prefault(OOI_DEFAULTS.lookBack).describe(
      'how far an append goes back behind the last row, for late and corrected ones',
    ),
    maximum: z
      .record(z.string().regex(/^[A-Za-z_]\w*$/, 'the name of a dimension'), wholeNumber(1, 100_000))
      .default({})
      .describe('least sizes of dimensions besides time, so that a longer one later needs no new generation'),
    schedules: z
      .strictObject({
        harvest: schedule(null).describe('when to harvest this stream by itself; null: by hand, or by a set'),
        refresh: schedule(null).describe('when to build the whole series anew; null: by hand'),
        verify: schedule(null).describe('when to compare with the facility; null: by hand'),
      })
      .prefault({})
      .describe('when each job runs'),
    verify: z
      .strictObject({ slabs: wholeNumber(1, 1_000).default(OOI_DEFAULTS.slabs).describe('stretches compared in one run') })
      .prefault({})
      .describe('the check against the facility'),
  })
  .transform(({ lookBack, ...rest }) => ({ ...rest, lookBackMs: lookBack }));

/** Many streams together. */
const setFlow = z
  .strictObject({
    ...common,
    streams: z
      .union([z.literal('all'), z.array(flowName).min(1)], { error: 'all, or a list of names of flows' })
      .describe('which flows of kind ooi: all that this folder has, or a list of their names'),
    sheets: folder
      .nullable()
      .default(null)
      .describe(
        'folder of the shared spreadsheet: a CSV file for each sheet, and global_ranges.csv for the table of that name; null: there is none, and tables are made without it',
      ),
    width: wholeNumber(1, 1_000)
      .default(OOI_DEFAULTS.width)
      .describe('streams worked on at once; those that wait for the facility do not count'),
    refreshes: wholeNumber(1, 1_000)
      .default(OOI_DEFAULTS.refreshes)
      .describe('refreshes that the set starts which are fetched and built at once; those that wait for the facility do not count'),
    patience: duration
      .prefault(OOI_DEFAULTS.patience)
      .describe('so long harvestAll goes on for streams that are not done; then they go on by themselves'),
    schedules: z
      .strictObject({
        harvestAll: schedule(OOI_DEFAULTS.harvestAll).describe('when to harvest all streams; null: by hand'),
        metadata: schedule(null).describe('when to make the tables; null: by hand'),
        annotations: schedule(null).describe('when to fetch annotations; null: by hand'),
        catalog: schedule(null).describe('when to write the catalogue; null: by hand'),
        statistics: schedule(null).describe('when to write the statistics; null: by hand'),
        availability: schedule(null).describe('when to count availability; null: by hand'),
      })
      .prefault({})
      .describe('when each job runs'),
  })
  .refine(({ name, streams }) => streams === 'all' || !streams.includes(name), {
    path: ['streams'],
    error: 'names of streams, and not that of the set itself',
  })
  .refine(({ streams }) => streams === 'all' || new Set(streams).size === streams.length, {
    path: ['streams'],
    error: 'each name once',
  })
  .transform(({ patience, ...rest }) => ({ ...rest, patienceMs: patience }));

/** A flow of kind ooi: one stream, or a set of them. Its output is JSON-safe and holds no secret; times are milliseconds. */
export const ooiFlowSchema = z.union([streamFlow, setFlow]);

/** A file with `streams` is a set; every other one is a stream. */
export const ooiFormOf = (written: Readonly<Record<string, unknown>>): z.ZodType<OoiFlow> => ('streams' in written ? setFlow : streamFlow);

export type StreamFlow = z.output<typeof streamFlow>;
export type SetFlow = z.output<typeof setFlow>;
export type OoiFlow = StreamFlow | SetFlow;
