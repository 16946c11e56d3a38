import type { JobSpec } from '../config/job.ts';

/** The jobs of kind `argo`, as they are typed in the Web UI and in `landfall run`. The first is the one of every night. */
export const argoJobs = {
  mirror: {
    does: 'the night: list what changed at the source, copy it, load it',
    access: 'write',
    options: {
      force: { type: 'flag', does: 'accept what the night would otherwise ask about, and load what is listed even where receipts match' },
      dryRun: { type: 'flag', does: 'show what a night would do; nothing is copied, loaded or deleted' },
    },
  },
  reload: {
    does: 'load named profiles, or the whole quarantine, again from the mirror',
    access: 'write',
    options: {
      items: { type: 'list', does: 'profiles; the whole quarantine when left out', example: 'aoml/13857_001' },
    },
  },
  audit: {
    does: 'compare mirror, receipts and documents: what is missing, stale or too many',
    access: 'read',
    options: {
      repair: { type: 'flag', does: 'load again what differs, and remove what nothing in the mirror stands behind' },
      force: { type: 'flag', does: 'with repair: accept the loss that it would otherwise ask about' },
    },
  },
  summarise: {
    does: 'make the summary documents now, as every night does when it has changed anything',
    access: 'read',
    options: {},
  },
  verify: {
    does: 'compare a random sample of profiles with their files, fetched again from the source',
    access: 'read',
    options: {
      sample: { type: 'count', does: 'profiles to check; as the flow says when left out', least: 1, most: 100_000 },
      seed: { type: 'count', does: 'draws the same sample again from the same documents', least: 0, most: 4_294_967_295 },
    },
  },
} as const satisfies Readonly<Record<string, JobSpec>>;
