import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readEndpoints } from '../../src/embedded/embedded.ts';
import { type OperationsPage, operationsPage } from '../helpers/operations-page.ts';
import { until } from '../helpers/processes.ts';
import { type FlowSite, type Night, type Site, startSite, untilProgress } from '../helpers/site.ts';

const world = { seed: 71, floats: 6, cyclesPerFloat: 7 };

let site: Site;
let argo: FlowSite;
let page: OperationsPage;
before(async () => {
  site = await startSite();
  argo = await site.flow('argo', world, { load: { batch: 7, width: 1 } });
  const endpoints = await readEndpoints(site.home);
  page = await operationsPage('Upgrade', endpoints?.temporalAddress ?? '');
});
after(async () => {
  page.close();
  await site.stop();
});

async function type(to: string, instead?: Readonly<Record<string, string>>): Promise<string> {
  const { exit, text } = await page.type(to, instead);
  assert.equal(exit, 0, text);
  return text;
}

/** The version a run is on; the page's way to see it must tell the same. */
async function versionOf(night: Night): Promise<string> {
  const { raw } = await night.describe();
  const version = raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? '';
  assert.match(await type('see which version a run is on', { 'mirror/argo': night.workflowId }), new RegExp(version));
  return version;
}

const isCurrent = async (build: string): Promise<void> => {
  // A worker that has just begun to poll is not known as a version yet.
  await until(async () => (await page.type('make a version current', { '0.2.0': build })).exit === 0);
};

describe('an upgrade with versions side by side', () => {
  it('leaves a run with the version it began with, and begins new ones with the one that is current', async () => {
    await site.worker({ LANDFALL_BUILD_ID: '0.1.0' });
    await isCurrent('0.1.0');
    const night = await argo.start();
    await night.signal('pause');
    await untilProgress(night, ({ paused }) => paused);

    await site.worker({ LANDFALL_BUILD_ID: '0.2.0' });
    await isCurrent('0.2.0');
    await night.signal('resume');
    const { state } = await night.result();
    const later = await argo.start({ force: true }, 'mirror/argo-later');
    await later.result();
    const versions = await type('see which versions there are, and which still have runs');

    assert.equal(state, 'done');
    assert.deepEqual([await versionOf(night), await versionOf(later)], ['0.1.0', '0.2.0']);
    assert.match(versions, /0\.1\.0[\s\S]*0\.2\.0|0\.2\.0[\s\S]*0\.1\.0/);
    assert.deepEqual(await argo.wrongs(), []);
  });

  it('can be given up: workers without a version take new runs', async () => {
    await site.worker();

    await type('go back to workers without a version');
    const { state } = await argo.run({ force: true });

    assert.equal(state, 'done');
  });

  it('has been tried with every command of the page', () => {
    assert.deepEqual(page.untried(), []);
  });
});
