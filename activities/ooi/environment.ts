import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OoiFlow, StreamFlow } from '../../src/ooi/flow.ts';
import { flowTable } from '../../src/ooi/form.ts';
import type { Facility } from '../../src/ooi/m2m/client.ts';
import { openFacility } from '../../src/ooi/m2m/open.ts';
import type { SeriesStore } from '../../src/ooi/store/contract.ts';
import { openSeriesStore } from '../../src/ooi/store/series-store.ts';
import type { Fence } from '../../src/stores/leases.ts';
import type { ObjectStore } from '../../src/stores/objects/contract.ts';
import { openStore } from '../../src/stores/objects/open.ts';
import { Turns } from '../../src/stores/turns.ts';
import type { Wiring } from '../common/wiring.ts';

/** A stream's store, open. */
export interface OpenSeries {
  readonly store: SeriesStore;
  readonly objects: ObjectStore;
}

/** What the activities of kind `ooi` work with, by flow. */
export interface OoiEnvironment {
  /** The facility of a flow; all workers together ask it no faster than the rate of queue request. */
  facility(flow: OoiFlow): Facility;
  /** Opens the place of a flow, and closes it when the work has ended. */
  withObjects<T>(flow: OoiFlow, work: (objects: ObjectStore) => Promise<T>): Promise<T>;
  withSeries<T>(flow: StreamFlow, work: (open: OpenSeries) => Promise<T>): Promise<T>;
  /** Where the files of a request are, on the host that does the work of the flow. */
  spool(flow: StreamFlow, request: string): string;
  /** Where scratch files of a conversion may be. */
  readonly scratch: string;
  /** Awaited before each write that becomes visible. */
  fence(fence: Fence): () => Promise<void>;
}

export function ooiEnvironment({ settings, database, leases, objectServer, now }: Wiring): OoiEnvironment {
  const secrets = { env: process.env, readFile: (path: string) => readFileSync(path, 'utf8') };
  const turns = new Turns(database);
  const withObjects: OoiEnvironment['withObjects'] = async ({ store: { place } }, work) => {
    const { store, close } = await openStore(place, { server: objectServer });
    try {
      return await work(store);
    } finally {
      close();
    }
  };
  return {
    facility: (flow) =>
      openFacility(flow, secrets, (signal) => turns.take(new URL(flow.upstream.api).host, settings.requestsPerSecond, signal)),
    withObjects,
    withSeries: (flow, work) =>
      withObjects(flow, (objects) => {
        const { place, publish, codec } = flow.store;
        const disk = place.kind === 'disk' ? { folder: place.folder } : null;
        const store = openSeriesStore({
          objects,
          disk,
          table: flowTable(flow),
          publish: disk === null ? publish : 'link',
          codec,
          maximum: flow.maximum,
          now,
        });
        return work({ store, objects });
      }),
    spool: ({ name }, request) => join(settings.home, 'spool', name, safe(request)),
    scratch: join(settings.home, 'scratch'),
    fence: (held) => () => leases.assertHeld(held),
  };
}

/** The facility's ids are UUIDs; whatever else one may be, it stays one part of a path. */
const safe = (id: string): string => id.replaceAll(/[^A-Za-z0-9-]/g, '_').slice(0, 120);
