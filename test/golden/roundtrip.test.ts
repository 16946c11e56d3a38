import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { preview } from '../../src/argo/preview.ts';
import { type Comparison, compareProfile } from '../../src/argo/verify/compare.ts';
import { findingText } from '../../src/argo/verify/findings.ts';
import type { StoredPair } from '../../src/argo/verify/stored.ts';
import { isRejectedFile, openUpstream } from '../../src/argo/verify/upstream-file.ts';
import { createHdf5Pool } from '../../src/formats/netcdf/hdf5-pool.ts';
import { ARGO_ROOT, GOLDEN_FOLDER, isArgoDataThere, readGolden, SOURCE_URL, WITHOUT_ARGO_DATA } from './argo-data.ts';
import { inTheirWords, readRoundtripCases, storedPair, tampered } from './roundtrip-cases.ts';

const skip = isArgoDataThere ? false : WITHOUT_ARGO_DATA;
const cases = isArgoDataThere ? readRoundtripCases() : [];
const goldenPaths = isArgoDataThere
  ? readdirSync(GOLDEN_FOLDER, { recursive: true, encoding: 'utf8' })
      .filter((path) => /^[a-z]+\/\d+\/.*\.json$/.test(path))
      .toSorted()
  : [];
const pathById = new Map(goldenPaths.map((path) => [path.split('/').at(-1)?.replace('.json', ''), path]));

describe('the roundtrip check', { skip }, () => {
  const hdf5 = createHdf5Pool();
  after(() => hdf5.close());

  async function compare(files: readonly string[], pair: StoredPair): Promise<Comparison> {
    const opened = [];
    for (const path of files) {
      const file = await openUpstream({ path, bytes: readFileSync(join(ARGO_ROOT, path)) }, hdf5);
      assert.ok(!isRejectedFile(file), JSON.stringify(file));
      opened.push(file);
    }
    return compareProfile(pair, opened, SOURCE_URL);
  }

  for (const { name, id, tamper, expect } of cases.filter(({ name: title }) => title !== 'source_gone')) {
    const codes = expect.map(({ code }) => code).join(', ');

    it(`finds in case ${name} of ${id}: ${codes === '' ? 'nothing' : codes}`, async () => {
      const one = readGolden(pathById.get(id) ?? assert.fail(`no golden of ${id}`));

      const { findings } = await compare(one.files, tampered(storedPair(one), tamper));

      assert.deepEqual(findings.map(inTheirWords), expect);
    });
  }

  for (const path of goldenPaths) {
    it(`finds nothing in ${path.slice(0, -'.json'.length)} as it is`, async () => {
      const one = readGolden(path);

      const { findings, isDegenerate } = await compare(one.files, tampered(storedPair(one), []));

      assert.deepEqual(findings, []);
      assert.equal(isDegenerate, JSON.stringify(one.argo.data_warning ?? []).includes('degenerate_levels'));
    });
  }

  it('finds nothing in what the loader of today makes of the whole tree, edge cases included', async () => {
    const wrong: string[] = [];
    let documents = 0;
    for await (const one of preview({ root: ARGO_ROOT, sourceUrl: SOURCE_URL, hdf5, now: () => new Date() })) {
      if (!('argo' in one)) continue;
      documents += 1;
      const { findings } = await compare(one.files, { profile: { ...one.argo }, metadata: { ...one.argoMeta } });
      wrong.push(...findings.map(findingText));
    }

    assert.deepEqual(wrong, []);
    assert.ok(documents > goldenPaths.length, `${documents}`);
  });
});
