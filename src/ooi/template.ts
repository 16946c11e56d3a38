import { OOI_DEFAULTS } from './flow.ts';

export interface OoiTemplate {
  readonly name: string;
  readonly instrument: string;
  readonly method: string;
  readonly stream: string;
  /** A folder, absolute or relative to the folder of the flow file, or `s3://bucket/prefix`. */
  readonly place: string;
}

/** A CTD on the shelf off Oregon, one row a second. */
const PUBLIC: OoiTemplate = {
  name: 'ooi',
  instrument: 'CE02SHBP-LJ01D-06-CTDBPN106',
  method: 'streamed',
  stream: 'ctdbp_no_sample',
  place: '../.landfall/stores/ooi',
};

/** A commented flow file of kind ooi for one stream; the values in comments are the defaults. */
export function ooiTemplate(wanted: Partial<OoiTemplate> = {}): string {
  const { name, instrument, method, stream, place } = { ...PUBLIC, ...wanted };
  return `# A flow of kind ooi: keeps a Zarr store equal to one stream of the Ocean Observatories Initiative.
# Lines that begin with # show the defaults; take the # away to change one. \`landfall schema\` prints all keys for editors.
name: ${name}
kind: ooi
description: One stream of the observatory, appended to every day.

# Reference designator of the instrument, and which of its data.
instrument: ${instrument}
stream: { method: ${method}, name: ${stream} }

upstream:
  # api: ${OOI_DEFAULTS.api}/
  # Where the API user name and token of your profile at the facility are. They themselves never stand in this file.
  user: { env: OOI_USERNAME }
  token: { env: OOI_TOKEN }
  # Give up an answer after so long; an accepted request may take long to answer.
  # timeout: ${OOI_DEFAULTS.timeout}
  # Files fetched at once.
  # downloads: ${OOI_DEFAULTS.requests}
  # The first look at a request after so long; the next ones double their distance, up to thirty times this.
  # look: ${OOI_DEFAULTS.look}
  # A request that failed is asked again after so long, then after four times and sixteen times this.
  # again: ${OOI_DEFAULTS.again}

store:
  # A folder, relative to that of this file, or s3://bucket/prefix. The store is PLACE/INSTRUMENT-METHOD-STREAM.
  place: ${JSON.stringify(place)}
  # In a bucket. pointer: a small object names the generation; prefix: the store is always at the same address.
  # publish: pointer
  # codec: zstd
  # How long a generation that was replaced can be rolled back to.
  # keep: ${OOI_DEFAULTS.keep}

# What a refresh, and the first harvest, asks for; null: everything there is.
# range: { start: null, end: null }

# How far an append goes back behind the last row, for rows that come late or corrected.
# lookBack: ${OOI_DEFAULTS.lookBack}

# When: times of day or cron lines, UTC; null: by hand (\`landfall run harvest ${name}\`), or by a set.
schedules:
  harvest: "${OOI_DEFAULTS.harvest}"
  # refresh: null
  verify: "${OOI_DEFAULTS.verify}"

# The check against the facility: stretches compared in one run.
# verify: { slabs: ${OOI_DEFAULTS.slabs} }

# Who is told when a run needs somebody.
# notify:
#   mail: [somebody@example.org]
#   webhook: { env: LANDFALL_SECRET_OOI_WEBHOOK }

# Many streams together are a flow of their own, which harvests them a few at once:
#   name: ooi-all
#   kind: ooi
#   streams: all
#   store: { place: ${JSON.stringify(place)} }
#   # Folder of the shared spreadsheet, a CSV file for each sheet; the job metadata makes tables of it.
#   sheets: ../sheets
#   schedules: { harvestAll: "${OOI_DEFAULTS.harvestAll}" }
`;
}
