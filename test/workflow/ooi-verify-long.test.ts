import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Facility, startFacility } from '../../standins/ooi/facility.ts';
import { generatedWorld } from '../../standins/ooi/series/facility-world.ts';
import { clockAt, SERIES_DEFAULTS } from '../../standins/ooi/series/options.ts';
import { streamsOf } from '../../standins/ooi/series/stream.ts';
import type { VerifyStreamWorkflow } from '../../workflows/ooi/verify.ts';
import { OOI_WORKER, streamFlow } from '../helpers/ooi-site.ts';
import { type Site, startSite } from '../helpers/site.ts';

const options = { ...SERIES_DEFAULTS, seed: 5, streams: 1, deploymentDays: 3, rowsPerFile: 200 };
const [TABLE = ''] = streamsOf(options).keys();

describe('a check of a stream that takes long', () => {
  let site: Site;
  let facility: Facility;
  before(async () => {
    facility = await startFacility({ world: generatedWorld(options), startMs: clockAt(options, 2) });
    site = await startSite({ dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': '60' } });
    await site.worker(OOI_WORKER);
    const stream = streamFlow(site, facility, 'ctd', TABLE);
    await (await stream.start()).result();
    await stream.refresh().result();
  });
  after(async () => {
    await site.stop();
    await facility.stop();
  });

  it('goes on as new with what it has found, and compares each stretch once', async () => {
    const before = facility.requests.length;
    const run = await site.client.workflow.start<VerifyStreamWorkflow>('verify', {
      taskQueue: 'landfall',
      workflowId: 'verify/long',
      args: [{ flow: 'ctd', slabs: 6, seed: 1 }],
    });

    const { state, record } = await run.result();

    const { runId } = await site.client.workflow.getHandle('verify/long').describe();
    assert.notEqual(runId, run.firstExecutionRunId, 'it went on as new');
    assert.deepEqual(
      [state, record.compared, record.findings, record.notCompared, facility.requests.length - before],
      ['done', 6, [], [], 6],
    );
    assert.ok(Number(record.rowsNotJudged) > 100 && Number(record.chunks) > 0, JSON.stringify(record));
  });
});
