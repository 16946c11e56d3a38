import type { Kit } from './kit.ts';
import { APPEND_PHASES, append, BOTH_PHASES, both, REFRESH_PHASES, refreshed } from './series-scenarios.ts';
import { seriesSite } from './series-site.ts';

/** Appends to stores, and refreshes of them: on disk, and in a bucket published by a pointer and as a copy. */
export const ooiKit: Kit = {
  kind: 'ooi',
  victims: ['worker', 'temporal', 'database', 'objects'],
  struck: [
    { name: 'append disk', phases: APPEND_PHASES },
    { name: 'refresh disk', phases: REFRESH_PHASES },
    { name: 'both disk', phases: BOTH_PHASES },
    { name: 'append pointer', phases: APPEND_PHASES, isInBucket: true },
    { name: 'refresh pointer', phases: REFRESH_PHASES, isInBucket: true },
    { name: 'both pointer', phases: BOTH_PHASES, isInBucket: true },
    { name: 'append prefix', phases: APPEND_PHASES, isInBucket: true },
    { name: 'refresh prefix', phases: REFRESH_PHASES, isInBucket: true },
    { name: 'both prefix', phases: BOTH_PHASES, isInBucket: true },
  ],
  async open(seed) {
    const site = await seriesSite();
    return {
      dev: site.dev,
      scenarios: async (dev) => site.flows.flatMap((flow) => [append, refreshed, both].map((scenario) => scenario(site, flow, dev, seed))),
      stop: site.stop,
    };
  },
};
