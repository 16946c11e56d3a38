import { ARGO_DEFAULTS } from './flow.ts';

export interface ArgoTemplate {
  readonly name: string;
  /** An rsync daemon address: the level that holds the folders of the centres. */
  readonly rsync: string;
  /** Absolute, or relative to the folder of the flow file. */
  readonly mirror: string;
}

/** The public profile tree at Ifremer; several hundred GB come home to a folder beside the flow files' one. */
const PUBLIC: ArgoTemplate = { name: 'argo', rsync: 'vdmzrs.ifremer.fr::argo/', mirror: '../.landfall/mirror/argo' };

/** A commented flow file of kind argo; for the public upstream unless told otherwise. The values in comments are the defaults. */
export function argoTemplate(wanted: Partial<ArgoTemplate> = {}): string {
  const { name, rsync, mirror } = { ...PUBLIC, ...wanted };
  return `# A flow of kind argo: mirrors an Argo profile tree and keeps two MongoDB collections equal to it.
# Lines that begin with # show the defaults; take the # away to change one. \`landfall schema\` prints all keys for editors.
name: ${name}
kind: argo
description: Profiles of the Argo GDAC, mirrored and loaded every night.

upstream:
  # An rsync daemon; its top level holds the folders of the centres (aoml, coriolis, …).
  rsync: ${JSON.stringify(rsync)}
  # Where the daemon's password is, if it asks for one. The password itself never stands in this file.
  # password: { env: LANDFALL_SECRET_ARGO_RSYNC }
  # A connection over which nothing came for so long is given up, and tried again.
  # timeout: ${ARGO_DEFAULTS.timeout}
  # connectTimeout: ${ARGO_DEFAULTS.connectTimeout}
  # Receive no faster than this. Without it: as fast as it comes.
  # bandwidth: 5MB/s

# The local copy. The whole public tree is some 7 million files, several hundred GB. Relative to the folder of this file.
mirror: ${JSON.stringify(mirror)}

# MongoDB database and collections.
# database: ${ARGO_DEFAULTS.database}
# collections:
#   argo: ${ARGO_DEFAULTS.collections.argo}
#   argoMeta: ${ARGO_DEFAULTS.collections.argoMeta}
#   summaries: ${ARGO_DEFAULTS.collections.summaries}

# When the night begins, and when mirror and database are compared: times of day or cron lines, UTC; null: only by hand
# (\`landfall run mirror ${name}\`).
# schedules:
#   mirror: "${ARGO_DEFAULTS.mirror}"
#   audit: "${ARGO_DEFAULTS.audit}"
#   verify: "${ARGO_DEFAULTS.verify}"

# A night that would lose more than this share of the profiles, and more than \`floor\` of them, stops and asks before anything is deleted.
# deletions:
#   share: ${ARGO_DEFAULTS.share}
#   floor: ${ARGO_DEFAULTS.floor}

# Batches translated and written at once, and profiles in a batch.
# load:
#   width: ${ARGO_DEFAULTS.width}
#   batch: ${ARGO_DEFAULTS.batch}

# The roundtrip check: a sample of profiles, part of it loaded lately, is compared with its files fetched again from the source.
# verify:
#   sample: ${ARGO_DEFAULTS.sample}
#   recent: ${ARGO_DEFAULTS.recent}
#   recentAge: ${ARGO_DEFAULTS.recentAge}
#   pace: ${ARGO_DEFAULTS.pace}
#   timeout: ${ARGO_DEFAULTS.fetchTimeout}
#   # Fetch over HTTPS instead of rsync; the level that holds the folders of the centres.
#   # source: "https://data-argo.ifremer.fr/dac/"

# What stands before a file's path in the source.url of its document.
# sourceUrl: ${ARGO_DEFAULTS.sourceUrl}
`;
}
