import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFacility } from '../../standins/ooi/facility.ts';
import { generatedWorld } from '../../standins/ooi/series/facility-world.ts';
import { clockAt, SERIES_DEFAULTS } from '../../standins/ooi/series/options.ts';
import { streamsOf } from '../../standins/ooi/series/stream.ts';
import type { HarvestAllWorkflow } from '../../workflows/ooi/harvest-all.ts';
import { OOI_WORKER, streamFlow } from '../helpers/ooi-site.ts';
import type { Site } from '../helpers/site.ts';
import type { Save } from './record-ooi.ts';

const options = { ...SERIES_DEFAULTS, seed: 7, streams: 3, deploymentDays: 3, rowsPerFile: 100 };

/** Histories of a set whose first refreshes take turns. */
export async function recordTurns(site: Site, save: Save): Promise<void> {
  const facility = await startFacility({ world: generatedWorld(options), startMs: clockAt(options, 2) });
  await site.worker(OOI_WORKER);
  const streams = [...streamsOf(options).keys()].map((table, at) => streamFlow(site, facility, `s${at}`, table));
  const set = { name: 'all', kind: 'ooi', streams: 'all', width: 2, refreshes: 1, store: { place: join(site.home, 'stores') } };
  writeFileSync(join(site.home, 'flows', 'all.yaml'), JSON.stringify(set));
  const all = async (): Promise<void> => {
    const args = [{ flow: 'all' }] as const;
    await site.client.workflow.execute<HarvestAllWorkflow>('harvestAll', {
      taskQueue: 'landfall',
      workflowId: 'harvestAll/all',
      args: [...args],
    });
  };
  await all();
  for (const [at, stream] of streams.entries()) {
    await stream.refresh().result();
    await save(site, `turns-refresh-${at}`, `refresh/${stream.table}`);
  }
  facility.clock.advance(86_400);
  facility.set({ delay: { polls: 1 } });
  await all();
  await save(site, 'turns-harvest-all', 'harvestAll/all');
  await save(site, 'turns-harvest', 'harvest/s1');
  await facility.stop();
}
