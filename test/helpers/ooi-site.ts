import { createHash } from 'node:crypto';
import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { openStore } from '../../src/formats/zarr/open.ts';
import { readArray } from '../../src/formats/zarr/read.ts';
import { rawBytes } from '../../src/formats/zarr/values.ts';
import { parseTable } from '../../src/ooi/names.ts';
import { type Facility, STANDIN_TOKEN, STANDIN_USER } from '../../standins/ooi/facility.ts';
import type { HarvestInput, HarvestWorkflow } from '../../workflows/ooi/harvest.ts';
import type { RefreshWorkflow } from '../../workflows/ooi/refresh.ts';
import type { Site } from './site.ts';
import { folderStore } from './zarr-stores.ts';

export type Harvest = WorkflowHandleWithFirstExecutionRunId<HarvestWorkflow>;

/** A stream's flow in a site, and what a test does with it. */
export interface StreamSite {
  readonly name: string;
  readonly table: string;
  readonly place: string;
  /** By its usual id unless told otherwise. */
  start(input?: Partial<HarvestInput>, workflowId?: string): Promise<Harvest>;
  refresh(): ReturnType<Site['client']['workflow']['getHandle']>;
  /** SHA-256 of each array's values in the live store. */
  digests(): Promise<Readonly<Record<string, string>>>;
}

/** What workers need for the stand-in. A thousand questions a second, and looks in quick succession, so that tests do not wait for politeness. */
export const OOI_WORKER = { OOI_USERNAME: STANDIN_USER, OOI_TOKEN: STANDIN_TOKEN, LANDFALL_RATE_REQUEST: '1000' } as const;

/** Writes the flow file of a stream. */
export function streamFlow(
  site: Site,
  facility: Pick<Facility, 'url'>,
  name: string,
  table: string,
  keys: Readonly<Record<string, unknown>> = {},
): StreamSite {
  const stream = parseTable(table);
  if (stream === null) throw new Error(`${table} is no table`);
  const place = join(site.home, 'stores', name);
  const { upstream, ...others } = { upstream: {}, ...keys };
  const written = {
    name,
    kind: 'ooi',
    instrument: stream.instrument,
    stream: { method: stream.method, name: stream.stream },
    upstream: { api: `${facility.url}/`, look: '100ms', ...upstream },
    store: { place },
    schedules: { harvest: null, verify: null },
    ...others,
  };
  writeFileSync(join(site.home, 'flows', `${name}.yaml`), JSON.stringify(written));
  const { workflow } = site.client;
  return {
    name,
    table,
    place,
    start: (input = {}, workflowId = `harvest/${name}`) =>
      workflow.start<HarvestWorkflow>('harvest', { taskQueue: 'landfall', workflowId, args: [{ flow: name, ...input }] }),
    refresh: () => workflow.getHandle<RefreshWorkflow>(`refresh/${table}`),
    digests: () => digestsOf(realpathSync(join(place, table))),
  };
}

/** Of every array of a store in a folder. */
export async function digestsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const store = folderStore(folder);
  const { arrays } = await openStore(store);
  const found: Record<string, string> = {};
  for (const [name, array] of arrays)
    found[name] = createHash('sha256')
      .update(rawBytes(await readArray(store, array)))
      .digest('hex');
  return found;
}
