import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { init } from '../../../src/cli/init.ts';

describe('what init says is to be done with the flow file it wrote', () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-init-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('begins with the secrets that dev must have, where the kind has any', async () => {
    const ooi = await init(folder, 'ooi');
    const argo = await init(folder, 'argo');

    assert.match(
      ooi.text,
      /then: export OOI_USERNAME=… OOI_TOKEN=… and landfall dev \(in one terminal\), landfall apply \(in another\)\.$/,
    );
    assert.match(argo.text, /then: landfall dev \(in one terminal\)/);
  });
});
