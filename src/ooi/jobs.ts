import type { JobSpec } from '../config/job.ts';
import { isInstant, rangeDisagreement } from './range-input.ts';

const RANGE = {
  start: {
    type: 'text',
    does: 'begin of the range to ask for, also when nothing new is known; UTC, and as the flow says when left out',
    example: '2024-01-01T00:00:00Z',
    isRight: isInstant,
  },
  end: {
    type: 'text',
    does: 'end of the range to ask for, also when nothing new is known; UTC, and now when left out',
    example: '2024-02-01T00:00:00Z',
    isRight: isInstant,
  },
} as const satisfies JobSpec['options'];

const REQUEST = {
  request: {
    type: 'text',
    does: 'auto (the default) goes on with a request that waits, reuse takes a finished one that covers the range, replace gives up the one that waits and asks anew',
    example: 'replace',
    words: ['auto', 'reuse', 'replace'],
  },
  accept: {
    type: 'list',
    does: 'publish nevertheless: degraded (files were left out), shorter (less coverage than the live store)',
    example: 'degraded',
    words: ['degraded', 'shorter'],
  },
} as const satisfies JobSpec['options'];

/** The jobs of kind `ooi`, as they are typed in the Web UI and in `landfall run`. The first is the job of every day. */
export const ooiJobs = {
  harvest: {
    does: 'ask the facility for what is new, wait for it, append it to the store',
    access: 'own',
    disagreement: rangeDisagreement,
    options: {
      force: { type: 'flag', does: 'ask now, even when nothing new is known' },
      refresh: { type: 'flag', does: 'start a refresh of the whole series instead' },
      ...REQUEST,
      ...RANGE,
      dryRun: { type: 'flag', does: 'say what would be asked for; nothing is asked or changed' },
    },
  },
  refresh: {
    does: 'build the whole series anew beside the live store, compare, and publish it',
    access: 'own',
    disagreement: rangeDisagreement,
    options: {
      force: { type: 'flag', does: 'ask anew, even where a finished request could be used' },
      ...REQUEST,
      ...RANGE,
      dryRun: { type: 'flag', does: 'say what would be asked for; nothing is asked or changed' },
    },
  },
  harvestAll: {
    does: 'harvest every stream of the set, a few at once',
    access: 'own',
    width: 'streams',
    options: {
      force: { type: 'flag', does: 'ask for every stream now' },
      refresh: { type: 'flag', does: 'start a refresh of every stream' },
      streams: { type: 'list', does: 'only these flows of the set', example: 'ce02shbp-ctd' },
    },
  },
  rollback: {
    does: 'publish the generation before the live one again',
    access: 'own',
    options: {
      generation: { type: 'text', does: 'which one; the one before the live one when left out', example: '20240912T101500Z-609c7970' },
      dryRun: { type: 'flag', does: 'say which generation it would be' },
    },
  },
  verify: {
    does: 'compare random stretches of the store with the facility, and all its chunks with the record of what was written',
    access: 'read',
    options: {
      slabs: { type: 'count', does: 'stretches to compare; as the flow says when left out', least: 1, most: 1_000 },
      seed: { type: 'count', does: 'draws the same stretches again', least: 0, most: 4_294_967_295 },
    },
  },
  metadata: {
    does: 'make the tables of instruments, streams and parameters',
    access: 'own',
    options: { goldCopy: { type: 'flag', does: 'list the gold copy of every stream of the set too' } },
  },
  annotations: { does: 'fetch the annotations of every instrument', access: 'own', options: {} },
  catalog: { does: 'write the catalogue of all stores', access: 'own', options: {} },
  statistics: { does: 'write the statistics of all stores', access: 'own', options: {} },
  availability: { does: 'count rows per hour, day and month', access: 'own', options: {} },
} as const satisfies Readonly<Record<string, JobSpec>>;

/** What a set is for; the other jobs are of single streams. */
export const SET_JOBS: readonly (keyof typeof ooiJobs)[] = [
  'harvestAll',
  'metadata',
  'annotations',
  'catalog',
  'statistics',
  'availability',
];
