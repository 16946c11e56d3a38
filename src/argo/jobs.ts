import type { JobSpec } from '../config/job.ts';

/** The jobs of kind `argo`, as they are typed in the Web UI and in `landfall run`. The first is the one of every night. */
export const argoJobs = {
  mirror: {
    does: 'the night: list what changed at the source, copy it, load it',
    access: 'write',
    width: 'batches',
    options: {
      force: { type: 'flag', does: 'accept what the night would otherwise ask about, and load what is listed even where receipts match' },
      dryRun: { type: 'flag', does: 'show what a night would do; nothing is copied, loaded or deleted' },
    },
  },
  reload: {
    does: 'load named profiles, or the whole quarantine, again from the mirror',
    access: 'write',
    width: 'batches',
    options: {
      items: { type: 'list', does: 'profiles; the whole quarantine when left out', example: 'aoml/13857_001' },
    },
  },
  rebuild: {
    does: 'make every document anew from the mirror; taken up where an earlier rebuild was ended',
    access: 'write',
    width: 'batches',
    options: {
      beside: { type: 'flag', does: 'load beside the live collections, and swap when everything is there' },
      fresh: { type: 'flag', does: 'begin anew even where an unfinished rebuild could be taken up' },
      force: { type: 'flag', does: 'accept what the rebuild would otherwise ask about: many documents without a file, fewer than before' },
      dryRun: { type: 'flag', does: 'count what the mirror holds; nothing is loaded' },
    },
  },
  redo: {
    does: 'load one past night again from its stored plan; nothing is copied from the source',
    access: 'write',
    width: 'batches',
    options: {
      night: { type: 'text', does: 'run id of the night; the latest that had anything to load when left out', example: '019aa1b2-…' },
      dryRun: { type: 'flag', does: 'show what the plan holds and how it stands; nothing is loaded' },
    },
  },
  audit: {
    does: 'compare mirror, receipts and documents: what is missing, stale or too many',
    access: 'read',
    width: 'batches',
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
    width: 'batches',
    options: {
      sample: { type: 'count', does: 'profiles to check; as the flow says when left out', least: 1, most: 100_000 },
      seed: { type: 'count', does: 'draws the same sample again from the same documents', least: 0, most: 4_294_967_295 },
    },
  },
} as const satisfies Readonly<Record<string, JobSpec>>;
