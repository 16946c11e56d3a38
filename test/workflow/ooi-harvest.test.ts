import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Facility, startFacility } from '../../standins/ooi/facility.ts';
import { openTree } from '../../standins/ooi/tree.ts';
import { isOoiDataThere, OOI_DATA, readGoldenContent, WITHOUT_OOI_DATA } from '../golden/ooi-data.ts';
import { OOI_WORKER, type StreamSite, streamFlow } from '../helpers/ooi-site.ts';
import { type Site, startSite } from '../helpers/site.ts';

const CTD = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';

const golden = (name: string) => {
  const { variables } = readGoldenContent({ table: CTD, name, folder: '' });
  return Object.fromEntries(Object.entries(variables).map(([variable, { sha256 }]) => [variable, sha256]));
};

describe('the harvest of a stream', { skip: !isOoiDataThere && WITHOUT_OOI_DATA }, () => {
  let site: Site;
  let facility: Facility;
  let ctd: StreamSite;
  before(async () => {
    facility = await startFacility({ world: openTree(join(OOI_DATA, 'server')), switches: { delay: { polls: 1 } } });
    site = await startSite();
    await site.worker(OOI_WORKER);
    ctd = streamFlow(site, facility, 'ctd', CTD);
  });
  after(async () => {
    await site.stop();
    await facility.stop();
  });

  it('starts a refresh where there is no store, which goes on by itself and ends in the expected series', async () => {
    const first = await (await ctd.start({ accept: ['degraded'] })).result();
    const refreshed = await ctd.refresh().result();

    assert.deepEqual([first.state, refreshed.state], ['refresh', 'published']);
    assert.match(first.message, /It goes on by itself as refresh\/.*\. Watch it with: landfall watch \w+ --job refresh\.$/);
    assert.match(first.message, /no store yet.* as refresh\/CE02SHBP/);
    assert.deepEqual([refreshed.record.rows, refreshed.record.files, refreshed.record.dropped], [1952, 6, 1]);
    assert.equal(refreshed.record.leftOut.length, 1);
    assert.deepEqual(await ctd.digests(), golden('refresh'));
  });

  it('appends what is new, also late and corrected rows, and says how many', async () => {
    const one = await (await ctd.start({ force: true })).result();
    const two = await (await ctd.start({ force: true })).result();

    // Some values of a row that is delivered again are of the delivery: when it was ingested, for one.
    assert.deepEqual([one.state, one.record.added, one.record.corrected, one.record.inserted], ['done', 120, 1, 0]);
    assert.deepEqual([two.state, two.record.added, two.record.corrected, two.record.inserted], ['done', 60, 20, 3]);

    assert.deepEqual(await ctd.digests(), golden('refresh_append1_append2'));
  });
});
