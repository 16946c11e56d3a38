import { join } from 'node:path';
import { readEndpoints } from '../../../src/embedded/embedded.ts';
import { readObjectServerKeys } from '../../../src/embedded/object-server-keys.ts';
import { parseTable } from '../../../src/ooi/names.ts';
import type { ObjectStore } from '../../../src/stores/objects/contract.ts';
import { openDisk } from '../../../src/stores/objects/disk.ts';
import { openS3 } from '../../../src/stores/objects/s3.ts';
import { type Facility, startFacility } from '../../../standins/ooi/facility.ts';
import { type GeneratedWorld, generatedWorld } from '../../../standins/ooi/series/facility-world.ts';
import { clockAt, SERIES_DEFAULTS, type SeriesOptions } from '../../../standins/ooi/series/options.ts';
import { OOI_WORKER } from '../../helpers/ooi-site.ts';
import type { DevHome, DevOptions } from './dev-home.ts';

/** Rows of some kilobytes, so that a short series has several chunks; a wider row with every deployment, so that some appends build a new generation. */
const SERIES: SeriesOptions = {
  ...SERIES_DEFAULTS,
  streams: 3,
  deploymentDays: 4,
  wavelengths: Array.from({ length: 80 }, (_, deployment) => 1_000 + 10 * deployment),
};
/** That the facility has at the start. */
const DAYS = 10;

const BUCKET = 'chaos';

/** Where a stream's store is, and how it is published. */
export type Place = 'disk' | 'pointer' | 'prefix';
const PLACES: readonly Place[] = ['disk', 'pointer', 'prefix'];
/** Of the generated streams: those with wide rows, and the one with text and many arrays. */
const STREAM_OF: Readonly<Record<Place, number>> = { disk: 1, pointer: 2, prefix: 0 };

/** A stream, its flow, and what has gone into its store so far. */
export interface SeriesFlow {
  readonly place: Place;
  readonly name: string;
  readonly table: string;
  /** Ids of the facility's requests that its live store must hold. */
  consumed: readonly string[];
}

export interface SeriesSite {
  readonly facility: Facility;
  readonly world: GeneratedWorld;
  readonly flows: readonly SeriesFlow[];
  readonly dev: DevOptions;
  /** The place of a flow as an object store of our own: no worker's. */
  objects(flow: SeriesFlow, dev: DevHome): Promise<ObjectStore>;
  stop(): Promise<void>;
}

export async function seriesSite(): Promise<SeriesSite> {
  const world = generatedWorld(SERIES);
  const facility = await startFacility({ world, startMs: clockAt(SERIES, DAYS), tellsTime: true, switches: { delay: { polls: 1 } } });
  const tables = [...world.streams.keys()];
  const flows = PLACES.map((place): SeriesFlow => ({ place, name: place, table: tables[STREAM_OF[place]] ?? '', consumed: [] }));
  return {
    facility,
    world,
    flows,
    dev: {
      env: OOI_WORKER,
      flows: (folder) => Object.fromEntries(flows.map((flow) => [flow.name, written(flow, facility, folder)])),
    },
    async objects({ place }, dev) {
      if (place === 'disk') return openDisk({ folder: join(dev.folder, 'stores'), followLink: false });
      const [endpoints, keys] = [await readEndpoints(dev.home), readObjectServerKeys(dev.home)];
      if (endpoints?.s3Endpoint == null || keys === null) throw new Error('No S3 server runs in this home.');
      return openS3({ endpoint: endpoints.s3Endpoint, region: 'us-east-1', isPathStyle: true, keys, bucket: BUCKET, prefix: place });
    },
    stop: () => facility.stop(),
  };
}

function written({ name, place, table }: SeriesFlow, { url }: Facility, folder: string): object {
  const stream = parseTable(table);
  const store = place === 'disk' ? { place: join(folder, 'stores') } : { place: `s3://${BUCKET}/${place}`, publish: place };
  return {
    name,
    kind: 'ooi',
    instrument: stream?.instrument,
    stream: { method: stream?.method, name: stream?.stream },
    // The facility is in the process of the harness, which may get no processor for many seconds: an answer that is late is no lost one.
    upstream: { api: `${url}/`, look: '100ms', timeout: '45s' },
    store,
    schedules: { harvest: null, verify: null },
  };
}
