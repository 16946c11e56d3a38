/** The kinds of work that workers are scaled by. */
export const QUEUES = ['control', 'request', 'transfer', 'convert', 'load', 'verify', 'notify'] as const;
export type Queue = (typeof QUEUES)[number];

/** What each queue holds, in an operator's words. */
export const QUEUE_PURPOSE: Readonly<Record<Queue, string>> = {
  control: 'workflows and small book-keeping activities',
  request: "calls to facilities' APIs, listings, polls",
  transfer: 'rsync, SFTP, downloads, uploads: network and disk',
  convert: 'NetCDF to Zarr: processors',
  load: 'translate and write to MongoDB: processors and database',
  verify: 'roundtrip checks, audits, checksums: low priority',
  notify: 'mail, messages, webhooks',
};

/** The Temporal task queue. A flow's suffix names the host that alone can reach its disk: `landfall-transfer@beamline3`. */
export function queueName(queue: Queue, suffix: string | null): string {
  const name = queue === 'control' ? 'landfall' : `landfall-${queue}`;
  return suffix === null || queue === 'control' ? name : `${name}@${suffix}`;
}
