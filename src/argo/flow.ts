import { z } from 'zod';
import { baseUrl, rsyncAddress, webBase } from '../config/addresses.ts';
import { flowKeys, schedule } from '../config/flow.ts';
import { secretReference } from '../config/secret.ts';
import { byteRate, collectionName, databaseName, duration, folder, share, wholeNumber } from '../config/values.ts';
import { datasetSchema } from './dataset.ts';

/** Each default once, with its reason. */
export const ARGO_DEFAULTS = {
  /** The server lists millions of files before it sends the first one; ten minutes of silence are a dead connection. */
  timeout: '10m',
  connectTimeout: '60s',
  database: 'argo',
  /** The names that existing readers of the collections use. */
  collections: { argo: 'argo', argoMeta: 'argoMeta', summaries: 'summaries' },
  /** The centres' daily updates are in the tree by then. */
  mirror: '0 6 * * *',
  /** Once a week bounds how long a loss goes unseen; on Sunday noon the night is over, and the centres send little. */
  audit: '0 12 * * 0',
  /** A night loses a handful of profiles; one percent is three hundred times that, and means a broken source. */
  share: 0.01,
  /** A small tree loses one percent with every profile; below twenty nobody is asked. */
  floor: 20,
  /** Enough to translate one batch while others wait for the database; more only costs memory. */
  width: 4,
  /** A few seconds of work: little is done again after a crash, and a night of ten thousand profiles is some 30 activities. */
  batch: 400,
  /**
   * Every hour, at a minute when no night begins. With `verify.sample` it makes some 1,200 profiles a day: enough to be sure within a day that
   * fewer than one document in 400 is wrong, and little enough for the host not to notice.
   */
  verify: '20 * * * *',
  sample: 50,
  /** What was loaded lately has been looked at least; faults of the loader show there first. */
  recent: 0.4,
  recentAge: '7d',
  /** A run of 50 is over in half an hour, so that the next one never finds it still at work. */
  pace: '30s',
  /** A profile is a few hundred kB; two minutes are a dead connection. */
  fetchTimeout: '2m',
  /** What the documents of the existing collections name, wherever their files were copied from. */
  sourceUrl: 'ftp://ftp.ifremer.fr/ifremer/argo/dac/',
} as const;

const upstream = z
  .strictObject({
    rsync: rsyncAddress.describe('where the profile tree is: an rsync daemon address whose top level holds the folders of the centres'),
    password: secretReference.exactOptional().describe('where the password of the rsync daemon is, if it asks for one'),
    timeout: duration.prefault(ARGO_DEFAULTS.timeout).describe('give up a connection over which nothing came for so long'),
    connectTimeout: duration.prefault(ARGO_DEFAULTS.connectTimeout).describe('give up connecting after so long'),
    bandwidth: byteRate.exactOptional().describe('receive no faster than this; absent: as fast as it comes'),
  })
  .transform(({ timeout, connectTimeout, bandwidth, ...rest }) => ({
    ...rest,
    timeoutMs: timeout,
    connectTimeoutMs: connectTimeout,
    ...(bandwidth === undefined ? {} : { bytesPerSecond: bandwidth }),
  }));

const collections = z
  .strictObject({
    argo: collectionName.default(ARGO_DEFAULTS.collections.argo).describe('one document per profile'),
    argoMeta: collectionName.default(ARGO_DEFAULTS.collections.argoMeta).describe('one document per distinct description of a float'),
    summaries: collectionName.default(ARGO_DEFAULTS.collections.summaries).describe('what the profiles add up to, one document a subject'),
  })
  .refine((names) => new Set(Object.values(names)).size === Object.keys(names).length, {
    error: 'different names: profiles, descriptions and summaries are kept apart',
  });

const deletions = z.strictObject({
  share: share
    .default(ARGO_DEFAULTS.share)
    .describe('a night that would lose more than this share of the profiles stops and asks before anything is deleted'),
  floor: wholeNumber(0, 1_000_000).default(ARGO_DEFAULTS.floor).describe('a loss of no more profiles than this never asks'),
});

const load = z.strictObject({
  width: wholeNumber(1, 64).default(ARGO_DEFAULTS.width).describe('batches translated and written at once'),
  batch: wholeNumber(1, 5_000).default(ARGO_DEFAULTS.batch).describe('profiles in a batch'),
});

const verify = z
  .strictObject({
    source: webBase
      .exactOptional()
      .describe('where files are fetched from for the roundtrip check: the level of the folders of the centres; absent: upstream.rsync'),
    sample: wholeNumber(1, 10_000).default(ARGO_DEFAULTS.sample).describe('profiles in one run of the roundtrip check'),
    recent: share.default(ARGO_DEFAULTS.recent).describe('share of the sample that is drawn from what was loaded lately'),
    recentAge: duration.prefault(ARGO_DEFAULTS.recentAge).describe('how long a profile counts as loaded lately'),
    pace: duration.prefault(ARGO_DEFAULTS.pace).describe('pause after each profile'),
    timeout: duration.prefault(ARGO_DEFAULTS.fetchTimeout).describe('give up fetching the files of one profile after so long'),
  })
  .transform(({ recentAge, pace, timeout, ...rest }) => ({ ...rest, recentAgeMs: recentAge, paceMs: pace, timeoutMs: timeout }));

/** A flow of kind argo. Its output is JSON-safe and holds no secret; times are milliseconds, rates bytes per second, `mirror` is absolute. */
export const argoFlowSchema = z.strictObject({
  ...flowKeys,
  kind: z.literal('argo'),
  upstream: upstream.describe('the facility'),
  mirror: folder.describe('folder of the local mirror; its top level holds the folders of the centres'),
  database: databaseName.default(ARGO_DEFAULTS.database).describe('MongoDB database of the collections'),
  collections: collections.prefault({}).describe('names of the collections'),
  schedules: z
    .strictObject({
      mirror: schedule(ARGO_DEFAULTS.mirror).describe('the night: when to mirror and load, UTC; null: only by hand'),
      audit: schedule(ARGO_DEFAULTS.audit).describe('when to compare mirror and database, changing nothing; null: only by hand'),
      verify: schedule(ARGO_DEFAULTS.verify).describe('when to compare a sample with its source files, UTC; null: only by hand'),
    })
    .prefault({})
    .describe('when each job runs'),
  deletions: deletions.prefault({}).describe('how many lost profiles are believed'),
  load: load.prefault({}).describe('how profiles are loaded'),
  dataset: datasetSchema.exactOptional().describe('what the summary argo_jsonld says of the collection as a whole'),
  verify: verify.prefault({}).describe('the roundtrip check: how a sample is drawn and fetched'),
  sourceUrl: baseUrl.default(ARGO_DEFAULTS.sourceUrl).describe('what stands before the path of a file in the source.url of its document'),
});

export type ArgoFlow = z.output<typeof argoFlowSchema>;
