/**
 * Records the histories that `replay.test.ts` replays, from real runs: `node test/replay/record.ts`.
 * Do it anew only when a change of the workflows is meant to be incompatible with runs that are under way.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expectedProfiles } from '../../standins/gdac/expected.ts';
import type { RebuildInput, RebuildWorkflow } from '../../workflows/argo/rebuild.ts';
import type { RedoWorkflow } from '../../workflows/argo/redo.ts';
import type { ReloadWorkflow } from '../../workflows/argo/reload.ts';
import type { VerifyWorkflow } from '../../workflows/argo/verify.ts';
import { until } from '../helpers/processes.ts';
import { filesIn, type Night, type Site, startSite, untilProgress } from '../helpers/site.ts';
import { recordOoi } from './record-ooi.ts';
import { recordTurns } from './record-turns.ts';

const folder = fileURLToPath(new URL('histories/', import.meta.url));
const world = { seed: 51, floats: 5, cyclesPerFloat: 7 };
const smallBatches = { load: { batch: 7, width: 1 } };
const [firstKey = ''] = [...expectedProfiles(world, 0)].map(({ key }) => key);

const untilIdle = (night: Night): Promise<void> => until(async () => ((await night.describe()).raw.pendingActivities ?? []).length === 0);

async function recordUsual(site: Site): Promise<void> {
  const night = await site.flow('night', world);
  await night.run();
  await save(site, 'night', 'mirror/night');
  await night.run({ dryRun: true });
  await save(site, 'dry-run', 'mirror/night');
  await site.client.workflow.execute<ReloadWorkflow>('reload', {
    taskQueue: 'landfall',
    workflowId: 'reload/night',
    args: [{ flow: 'night' }],
  });
  await save(site, 'reload', 'reload/night');
}

async function recordAsked(site: Site): Promise<void> {
  const asked = await site.flow('asked', world, { deletions: { share: 0, floor: 0 } });
  await asked.run();
  await asked.gdac.playNight(1);
  const night = await asked.start();
  await untilProgress(night, ({ health }) => health === 'asks');
  await night.signal('retry', { force: true });
  await night.result();
  await save(site, 'asked-and-forced', 'mirror/asked');
}

async function recordCopies(site: Site): Promise<void> {
  for (const name of ['paused', 'stopped', 'cancelled'] as const) {
    const flow = await site.flow(`copy-${name}`, world);
    await flow.gdac.setFaults({ bandwidthKiB: 100 });
    const night = await flow.start();
    await untilProgress(night, ({ phase }) => phase === 'copy');
    await until(async () => (await filesIn(flow.flow.mirror)) > 2);
    if (name === 'cancelled') await night.cancel();
    else await night.signal(name === 'paused' ? 'pause' : 'stop');
    if (name === 'paused') {
      await untilIdle(night);
      await flow.gdac.setFaults({});
      await night.signal('resume');
    }
    await night.result().catch(() => undefined);
    await save(site, `copy-${name}`, night.workflowId);
  }
}

async function recordLoads(site: Site): Promise<void> {
  const flow = await site.flow('load-paused', world, smallBatches);
  const night = await flow.start();
  await untilProgress(night, ({ phase, done }) => phase === 'load' && done > 0);
  const second = await flow.start({}, 'mirror/second');
  await second.result().catch(() => undefined);
  await save(site, 'second-run', 'mirror/second');
  await night.signal('pause');
  await untilIdle(night);
  await night.executeUpdate('retryItems', { args: [{ items: [firstKey] }] });
  await night.signal('setWidth', 3);
  await night.signal('retry');
  await night.signal('resume');
  await night.result();
  await save(site, 'load-paused-and-retried', 'mirror/load-paused');
}

async function recordChecks(site: Site): Promise<void> {
  const flow = await site.flow('checked', world, { verify: { pace: '1h' } });
  await flow.run();
  const check = (sample: number) =>
    site.client.workflow.start<VerifyWorkflow>('verify', {
      taskQueue: 'landfall',
      workflowId: 'verify/checked',
      args: [{ flow: 'checked', sample, seed: 1 }],
    });
  const checked = await check(3);
  await untilProgress(checked, ({ phase, done }) => phase === 'check' && done === 1);
  await checked.signal('setWidth', 3);
  await checked.executeUpdate('retryItems', { args: [{ items: [firstKey] }] });
  for (const done of [2, 3]) {
    await checked.signal('retry');
    await untilProgress(checked, (progress) => progress.phase !== 'check' || progress.done >= done).catch(() => undefined);
  }
  await checked.result();
  await save(site, 'check-retried', 'verify/checked');
  const stopped = await check(3);
  await untilProgress(stopped, ({ phase, done }) => phase === 'check' && done === 1);
  await stopped.signal('stop');
  await stopped.result();
  await save(site, 'check-stopped', 'verify/checked');
}

async function recordContinued(site: Site): Promise<void> {
  const flow = await site.flow('continued', { ...world, floats: 12 }, smallBatches);
  await (await flow.start()).result();
  const runs = (await Array.fromAsync(site.client.workflow.list({ query: "WorkflowId = 'mirror/continued'" }))).toReversed();
  const [first, second] = runs;
  for (const [name, run] of Object.entries({ first, second, last: runs.at(-1) }))
    await save(site, `continued-${name}`, 'mirror/continued', run?.runId);
}

const rebuild = (site: Site, input: RebuildInput) =>
  site.client.workflow.start<RebuildWorkflow>('rebuild', {
    taskQueue: 'landfall',
    workflowId: `rebuild/${input.flow}`,
    args: [input],
  });

async function recordRebuilds(site: Site): Promise<void> {
  const flow = await site.flow('rebuilt', world, smallBatches);
  await flow.run();
  await site.client.workflow.execute<RedoWorkflow>('redo', {
    taskQueue: 'landfall',
    workflowId: 'redo/rebuilt',
    args: [{ flow: 'rebuilt' }],
  });
  await save(site, 'redo', 'redo/rebuilt');
  const leftover = [{ $limit: 1 }, { $set: { _id: '1999999_001' } }, { $merge: { into: 'argo' } }];
  await flow.products.collection('argo').aggregate(leftover).toArray();
  await (await rebuild(site, { flow: 'rebuilt' })).result();
  await save(site, 'rebuild', 'rebuild/rebuilt');
  const first = await rebuild(site, { flow: 'rebuilt', beside: true });
  await untilProgress(first, ({ phase, done }) => phase === 'load' && done > 7);
  await first.cancel();
  await first.result().catch(() => undefined);
  await save(site, 'rebuild-cancelled', 'rebuild/rebuilt');
  await (await rebuild(site, { flow: 'rebuilt', beside: true })).result();
  await save(site, 'rebuild-beside-taken-up', 'rebuild/rebuilt');
}

async function recordContinuedRebuild(site: Site): Promise<void> {
  const flow = await site.flow('continued-rebuild', { ...world, floats: 12 }, smallBatches);
  await flow.run();
  await (await rebuild(site, { flow: 'continued-rebuild' })).result();
  await save(site, 'rebuild-continued-last', 'rebuild/continued-rebuild');
}

/** Keeps a history without what only the machine of the recording knows. */
async function save(site: Site, name: string, workflowId: string, runId?: string): Promise<void> {
  const history = await site.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const text = JSON.stringify(history)
    .replaceAll(/"\d+@[^"]*"/g, '"worker"')
    .replaceAll(/"data": ?"([A-Za-z0-9+/=]*)"/g, (_, data: string) => `"data": "${reworded(data, site.home)}"`);
  const packed = gzipSync(JSON.stringify(JSON.parse(text)), { level: 9 });
  writeFileSync(`${folder}${name}.json.gz`, packed);
  console.log(`${name}: ${history.events?.length} events, ${packed.length} bytes`);
}

const reworded = (data: string, home: string): string =>
  Buffer.from(Buffer.from(data, 'base64').toString('utf8').replaceAll(home, '/srv/landfall')).toString('base64');

async function recordWith(
  dynamicConfig: Readonly<Record<string, string>>,
  ...recordings: readonly ((site: Site) => Promise<void>)[]
): Promise<void> {
  const site = await startSite({ dynamicConfig });
  try {
    await site.worker();
    for (const record of recordings) await record(site);
  } finally {
    await site.stop();
  }
}

/** `node test/replay/record.ts ooi` records those of kind ooi alone, `… turns` those of first refreshes in turn. */
const only = ['ooi', 'turns'].find((name) => process.argv.includes(name));
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) if (only === undefined || name.startsWith(`${only}-`)) rmSync(`${folder}${name}`);
if (only === undefined) {
  await recordWith({}, recordUsual, recordAsked, recordCopies, recordLoads, recordChecks, recordRebuilds);
  await recordWith({ 'limit.historyCount.suggestContinueAsNew': '40' }, recordContinued, recordContinuedRebuild);
}
if (only !== 'turns') {
  const ooi = await startSite({ dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': '60' } });
  await recordOoi(ooi, save).finally(() => ooi.stop());
}
if (only !== 'ooi') {
  const turns = await startSite({});
  await recordTurns(turns, save).finally(() => turns.stop());
}
process.exit();
