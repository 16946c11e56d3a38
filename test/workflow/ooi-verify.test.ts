import assert from 'node:assert/strict';
import { cpSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { openStore } from '../../src/formats/zarr/open.ts';
import { type Facility, startFacility } from '../../standins/ooi/facility.ts';
import { generatedWorld } from '../../standins/ooi/series/facility-world.ts';
import { clockAt, SERIES_DEFAULTS } from '../../standins/ooi/series/options.ts';
import { streamsOf } from '../../standins/ooi/series/stream.ts';
import type { VerifyStreamWorkflow } from '../../workflows/ooi/verify.ts';
import { changeValues, damageChunk, type HarmedGeneration, loseChunk, loseRows } from '../helpers/damage-store.ts';
import { OOI_WORKER, streamFlow } from '../helpers/ooi-site.ts';
import { progressOf, type Site, startSite } from '../helpers/site.ts';
import { startWebhook, type Webhook } from '../helpers/webhook.ts';
import { folderStore } from '../helpers/zarr-stores.ts';

const options = { ...SERIES_DEFAULTS, seed: 9, streams: 1, deploymentDays: 3, rowsPerFile: 60 };
const [TABLE = ''] = streamsOf(options).keys();

describe('the check of a store that has come to harm', () => {
  let site: Site;
  let facility: Facility;
  let hook: Webhook;
  let whole: string;
  let store: HarmedGeneration;
  let doubles: string;
  let messages: string[] = [];
  before(async () => {
    facility = await startFacility({ world: generatedWorld(options), startMs: clockAt(options, 2) });
    hook = await startWebhook();
    ({ messages } = hook);
    site = await startSite();
    await site.worker({ ...OOI_WORKER, LANDFALL_SECRET_HOOK: hook.url });
    const stream = streamFlow(site, facility, 'ctd', TABLE, { lookBack: '1h', notify: { webhook: { env: 'LANDFALL_SECRET_HOOK' } } });
    await (await stream.start()).result();
    await stream.refresh().result();
    const root = realpathSync(join(stream.place, TABLE));
    store = { root, record: `${root}.landfall` };
    whole = join(site.home, 'whole');
    cpSync(join(root, '..'), whole, { recursive: true });
    const { arrays } = await openStore(folderStore(root));
    const [found] = [...arrays.values()].filter(
      ({ name, type, shape }) => type.name === '<f8' && shape.length === 1 && !/time|^l(at|on)$/.test(name),
    );
    doubles = found?.name ?? assert.fail('there are doubles');
  });
  afterEach(() => {
    rmSync(join(store.root, '..'), { recursive: true });
    cpSync(whole, join(store.root, '..'), { recursive: true });
    messages.length = 0;
  });
  after(async () => {
    await site.stop();
    await facility.stop();
    hook.stop();
  });

  const check = async () => {
    const run = await site.client.workflow.start<VerifyStreamWorkflow>('verify', {
      taskQueue: 'landfall',
      workflowId: 'verify/ctd',
      args: [{ flow: 'ctd', slabs: 2, seed: 1 }],
    });
    const { state, record } = await run.result();
    const { health } = await progressOf(run);
    return { state, health, findings: Array.isArray(record.findings) ? record.findings.map(String) : [] };
  };

  it('finds nothing while it is whole, and tells nobody', async () => {
    assert.deepEqual(await check(), { state: 'done', health: 'ok', findings: [] });
    assert.equal(messages.length, 0);
  });

  const harms: readonly (readonly [what: string, harm: () => void | Promise<void>, finding: RegExp])[] = [
    ['a chunk that is not there', () => loseChunk(store, `${doubles}/0`), /^chunk_missing \(1\): .*\/0\. Roll back or refresh the flow/],
    [
      'a chunk with other bytes',
      () => damageChunk(store, `${doubles}/0`),
      /^chunk_damaged \(1\): .*has other bytes than were stored\. Roll back/,
    ],
    [
      'rows that files brought and that are gone',
      () => loseRows(store, 3),
      /^gap_against_record \(1\): 20.*Z of deployment\d{4}_.*\.nc\. Refresh the flow: rows that were stored are gone/,
    ],
    [
      'other values than the facility has',
      () => changeValues(store, doubles),
      /^value_differs \(\d+\): .*Refresh the flow: the facility gives other values/,
    ],
  ];
  for (const [what, harm, finding] of harms) {
    it(`finds ${what}, says what to do, and tells people`, async () => {
      await harm();

      const { state, health, findings } = await check();

      assert.deepEqual([state, health], ['wrong', 'failed']);
      assert.ok(
        findings.some((text) => finding.test(text)),
        findings.join('\n'),
      );
      assert.equal(messages.length, 1);
      assert.match(messages[0] ?? '', /verify: failed/);
    });
  }
});
