import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFacility } from '../../standins/ooi/facility.ts';
import { generatedWorld } from '../../standins/ooi/series/facility-world.ts';
import { clockAt, SERIES_DEFAULTS } from '../../standins/ooi/series/options.ts';
import { streamsOf } from '../../standins/ooi/series/stream.ts';
import type { HarvestAllWorkflow } from '../../workflows/ooi/harvest-all.ts';
import type { RefreshWorkflow } from '../../workflows/ooi/refresh.ts';
import type { RollbackWorkflow } from '../../workflows/ooi/rollback.ts';
import type { SetJobWorkflow } from '../../workflows/ooi/set-job.ts';
import type { VerifyStreamWorkflow } from '../../workflows/ooi/verify.ts';
import { OOI_WORKER, streamFlow } from '../helpers/ooi-site.ts';
import { type Site, untilProgress } from '../helpers/site.ts';

export type Save = (site: Site, name: string, workflowId: string, runId?: string) => Promise<void>;

const options = { ...SERIES_DEFAULTS, seed: 7, streams: 4, deploymentDays: 3, rowsPerFile: 100 };

/** Histories of kind ooi, all of a site whose histories are to be short. */
export async function recordOoi(site: Site, save: Save): Promise<void> {
  const facility = await startFacility({ world: generatedWorld(options), startMs: clockAt(options, 2) });
  await site.worker(OOI_WORKER);
  const [ctd, ...others] = [...streamsOf(options).keys()].map((table, at) =>
    streamFlow(site, facility, `s${at}`, table, { upstream: { look: '1h' } }),
  );
  if (ctd === undefined) throw new Error('the world has no streams');
  const set = { name: 'all', kind: 'ooi', streams: 'all', width: 2, store: { place: join(site.home, 'stores') } };
  writeFileSync(join(site.home, 'flows', 'all.yaml'), JSON.stringify(set));
  const at = { taskQueue: 'landfall' };
  const { workflow } = site.client;

  await (await ctd.start()).result();
  await save(site, 'ooi-harvest-starts-refresh', 'harvest/s0');
  await ctd.refresh().result();
  await save(site, 'ooi-first-refresh', `refresh/${ctd.table}`);

  facility.clock.advance(86_400);
  facility.set({ delay: 'never' });
  const waiting = await ctd.start();
  for (let look = 0; look < 8; look += 1) {
    const { says } = await untilProgress(waiting, (progress) => progress.phase === 'wait' && progress.says !== null);
    await waiting.signal('retry');
    await untilProgress(waiting, (progress) => progress.phase === 'wait' && (progress.says === null || progress.says >= (says ?? '')));
  }
  facility.set({ delay: { seconds: 0 } });
  await waiting.signal('retry');
  await waiting.result();
  await save(site, 'ooi-harvest-waited', 'harvest/s0');
  await save(site, 'ooi-harvest-waited-begin', 'harvest/s0', waiting.firstExecutionRunId);

  facility.set({ delay: 'never' });
  facility.clock.advance(86_400);
  const stopped = await ctd.start();
  await untilProgress(stopped, ({ phase, says }) => phase === 'wait' && says !== null);
  await stopped.signal('stop');
  await stopped.result();
  await save(site, 'ooi-harvest-stopped', 'harvest/s0');
  facility.reset();

  const refresh = await workflow.start<RefreshWorkflow>('refresh', {
    ...at,
    workflowId: 'refresh/s0',
    args: [{ flow: 's0', force: true, end: new Date(clockAt(options, 1)).toISOString() }],
  });
  await untilProgress(refresh, ({ health }) => health === 'asks');
  await refresh.signal('retry', { force: true });
  await refresh.result();
  await save(site, 'ooi-refresh-asked', 'refresh/s0');
  await workflow.execute<RollbackWorkflow>('rollback', { ...at, workflowId: 'rollback/s0', args: [{ flow: 's0' }] });
  await save(site, 'ooi-rollback', 'rollback/s0');
  await workflow.execute<VerifyStreamWorkflow>('verify', { ...at, workflowId: 'verify/s0', args: [{ flow: 's0', slabs: 2, seed: 1 }] });
  await save(site, 'ooi-verify', 'verify/s0');

  for (const name of ['all-first', 'all-second']) {
    const all = await workflow.start<HarvestAllWorkflow>('harvestAll', { ...at, workflowId: 'harvestAll/all', args: [{ flow: 'all' }] });
    await all.result();
    await save(site, `ooi-harvest-${name}`, 'harvestAll/all', all.firstExecutionRunId);
    await save(site, `ooi-harvest-${name}-end`, 'harvestAll/all');
    await Promise.all(others.map((stream) => stream.refresh().result()));
    facility.clock.advance(86_400);
  }
  await workflow.execute<SetJobWorkflow>('catalog', { ...at, workflowId: 'catalog/all', args: [{ flow: 'all' }] });
  await save(site, 'ooi-catalog', 'catalog/all');
  await facility.stop();
}
