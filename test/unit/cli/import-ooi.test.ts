import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { importOoi } from '../../../src/cli/import-ooi.ts';
import { writeLegacyFolder } from '../../helpers/legacy-configs.ts';

describe('landfall import ooi', () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'landfall-import-'));
    await writeLegacyFolder(join(root, 'flow_configs'), 3);
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('says each file that a dry run would write, then writes them, then has nothing to do', async () => {
    const flows = join(root, 'flows');
    const run = (dryRun: boolean) => importOoi(join(root, 'flow_configs'), flows, { dryRun });

    const planned = await run(true);
    const done = await run(false);
    const again = await run(false);

    assert.match(planned.text, new RegExp(`^write   ${flows}/ce02shbp-lj01d-06-ctdbpn100-streamed-ctdbp_no_sample.yaml$`, 'm'));
    assert.match(planned.text, /^Would write 4 flow files for 3 streams/m);
    assert.match(done.text, /^Note: assignees and labels are not taken over\..*\(3 files, such as /m);
    assert.match(
      done.text,
      /^Wrote 4 flow files for 3 streams into .* \(0 replaced, 0 were as they are\)\.\nLook them over, then: landfall apply\.$/m,
    );
    assert.match(again.text, /^Nothing was to be written: 4 flow files are in .* as the configurations want them\.$/m);
    assert.doesNotMatch(again.text, /landfall apply/);
    assert.equal((await readdir(flows)).length, 4);
  });
});
