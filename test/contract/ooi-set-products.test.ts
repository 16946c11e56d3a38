import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { OoiEnvironment } from '../../activities/ooi/environment.ts';
import { productActivities } from '../../activities/ooi/products.ts';
import { parseFlow } from '../../src/config/flow-text.ts';
import { Secret } from '../../src/config/secret.ts';
import { kinds } from '../../src/kinds.ts';
import type { OoiFlow } from '../../src/ooi/flow.ts';
import { isSetFlow } from '../../src/ooi/form.ts';
import { Facility } from '../../src/ooi/m2m/client.ts';
import type { ObjectStore } from '../../src/stores/objects/contract.ts';
import { type Facility as Standin, startFacility } from '../../standins/ooi/facility.ts';
import { generatedWorld } from '../../standins/ooi/series/facility-world.ts';
import { clockAt, SERIES_DEFAULTS } from '../../standins/ooi/series/options.ts';
import { streamsOf } from '../../standins/ooi/series/stream.ts';
import { memoryObjects } from '../helpers/memory-objects.ts';

const options = { ...SERIES_DEFAULTS, seed: 4, streams: 1, deploymentDays: 3, rowsPerFile: 200 };
const [TABLE = ''] = streamsOf(options).keys();
const RANGES = 'a,b,c,d,e,f,g,h,i,j\nCE02SHBP-LJ01D-06-CTDBPN106,temp,temp,-2,40,L1,degC,x,y,z\n';

describe('the tables of a set', () => {
  let standin: Standin;
  let folder: string;
  before(async () => {
    standin = await startFacility({ world: generatedWorld(options), startMs: clockAt(options, 2) });
    folder = mkdtempSync(join(tmpdir(), 'landfall-sheets-'));
  });
  after(async () => {
    await standin.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('take in the ranges that lie beside the spreadsheet, and the gold copy when that is asked for', async () => {
    writeFileSync(join(folder, 'Global_Ranges.csv'), RANGES);
    const [instrument, method, name] = [TABLE.slice(0, 27), ...TABLE.slice(28).split('-')];
    const written = { kind: 'ooi', store: { place: folder } };
    const read = (keys: object): OoiFlow => parseFlow(JSON.stringify({ ...written, ...keys }), join(folder, 'flow.yaml'), kinds) as OoiFlow;
    const stream = read({ name: 'ctd', instrument, stream: { method, name } });
    const set = read({ name: 'all', streams: 'all', sheets: folder });
    assert.ok(isSetFlow(set));
    const objects = memoryObjects();
    const environment = {
      facility: () =>
        new Facility({
          api: standin.url,
          hosts: { 'thredds.dataexplorer.oceanobservatories.org': standin.url },
          user: new Secret(standin.user),
          token: new Secret(standin.token),
          timeoutMs: 10_000,
        }),
      withObjects: (_flow: OoiFlow, work: (at: ObjectStore) => Promise<unknown>) => work(objects),
      fence: () => async () => undefined,
    } as unknown as OoiEnvironment;
    const flows = { reads: async () => [{ state: 'good', flow: stream }] } as never;
    const { makeProduct } = productActivities({ environment, flows, now: () => new Date(0) });
    const make = (goldCopy: boolean) =>
      new MockActivityEnvironment().run(makeProduct, {
        flow: set,
        run: 'r',
        what: 'metadata' as const,
        goldCopy,
        fence: { flow: 'all', epoch: 1 } as never,
      });

    await make(false);
    const without = [...objects.objects.keys()];
    await make(true);

    const [listed] = [...objects.objects].flatMap(([key, bytes]) =>
      key === `metadata/axiom_catalog/${TABLE}` ? [Buffer.from(bytes).toString()] : [],
    );
    assert.ok(without.some((key) => key.startsWith('metadata/global_ranges/')));
    assert.ok(!without.some((key) => key.includes('axiom_catalog')));
    assert.match(listed ?? '', new RegExp(`"name": ?"deployment0001_${TABLE}_.*\\.nc"`));
  });
});
