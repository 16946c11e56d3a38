import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { basinOf } from '../../src/argo/basin.ts';
import { parseProfilePath } from '../../src/argo/names.ts';
import { type Preview, preview } from '../../src/argo/preview.ts';
import { createHdf5Pool } from '../../src/formats/netcdf/hdf5-pool.ts';
import {
  ARGO_ROOT,
  GOLDEN_FOLDER,
  isArgoDataThere,
  readBasinVectors,
  readEdgeCase,
  readGolden,
  readOrder,
  SOURCE_URL,
  WITHOUT_ARGO_DATA,
} from './argo-data.ts';
import { assertDocuments } from './argo-documents.ts';

const skip = isArgoDataThere ? false : WITHOUT_ARGO_DATA;
const now = new Date('2026-01-02T03:04:05.678Z');
const order = isArgoDataThere ? readOrder() : [];
const goldenPaths = isArgoDataThere ? jsonBelow(GOLDEN_FOLDER).filter((path) => /^[a-z]+\/\d+\//.test(path)) : [];
const edgeNames = isArgoDataThere ? jsonBelow(join(GOLDEN_FOLDER, 'edge')) : [];

describe('the whole tree, translated in load order', { skip }, () => {
  const hdf5 = createHdf5Pool();
  const previews: Preview[] = [];
  before(async () => {
    for await (const one of preview({ root: ARGO_ROOT, sourceUrl: SOURCE_URL, hdf5, now: () => now })) previews.push(one);
  });
  after(() => hdf5.close());

  const previewOf = (files: readonly string[]): Preview | undefined =>
    previews.find((one) => one.files.some((path) => files.includes(path)));

  it('comes in the order of the expected list', () => {
    const expected = new Set(order.map((files) => files.join(' ')));

    const lines = previews.map(({ files }) => files.join(' '));

    assert.deepEqual(
      lines.filter((line) => expected.has(line)),
      [...expected],
    );
    assert.deepEqual(lines, lines.toSorted());
  });

  for (const path of goldenPaths) {
    it(`makes the documents of ${path.slice(0, -'.json'.length)}`, () => {
      const golden = readGolden(path);

      const found = previewOf(golden.files);

      assert.ok(found !== undefined && 'argo' in found, `${golden.files.join(' ')}: ${JSON.stringify(found ?? 'no profile')}`);
      assert.deepEqual(found.files, golden.files);
      assertDocuments(found, golden, now);
    });
  }

  for (const name of edgeNames) {
    const { case: title, why, files, original, required } = readEdgeCase(name);
    const expected = required === 'same' ? original : required;

    it(`${title}: ${why}: ${expected.reason ?? expected.result}`, () => {
      const found = previewOf(files);

      if (expected.result === 'no_group') {
        assert.equal(found, undefined);
      } else if (expected.result === 'rejected') {
        assert.ok(found !== undefined && 'rejected' in found);
        assert.equal(found.rejected.code, expected.reason);
        assert.ok(
          files.some((path) => found.rejected.message.includes(path)),
          found.rejected.message,
        );
      } else {
        assert.ok(found !== undefined && 'argo' in found && expected.argo !== undefined && expected.argoMeta !== undefined);
        assertDocuments(found, { argo: expected.argo, argoMeta: expected.argoMeta }, now);
      }
    });
  }

  it('has no profile that nothing is expected of', () => {
    const expected = new Set([...order.flat(), ...edgeNames.flatMap((name) => readEdgeCase(name).files)]);

    assert.deepEqual(
      previews.flatMap(({ files }) => files).filter((path) => !expected.has(path)),
      [],
    );
  });
});

describe('the basin lookup', { skip }, () => {
  for (const { lon, lat, basin } of isArgoDataThere ? readBasinVectors() : []) {
    it(`finds basin ${basin} at longitude ${lon}, latitude ${lat}`, () => {
      assert.equal(basinOf(lon, lat), basin);
    });
  }
});

describe('some files of the tree', { skip }, () => {
  const hdf5 = createHdf5Pool();
  after(() => hdf5.close());

  it('make the profiles they belong to, chosen among themselves, whatever order they are given in', async () => {
    const [core, ...others] = ['aoml/7902199/profiles/R7902199_037.nc', 'aoml/13857/profiles/D13857_001.nc'] as const;

    const found = await Array.fromAsync(
      preview({
        root: ARGO_ROOT,
        files: [core, ...others.map((path) => join(ARGO_ROOT, path))],
        sourceUrl: SOURCE_URL,
        hdf5,
        now: () => now,
      }),
    );

    assert.deepEqual(
      found.map(({ files }) => files),
      [[...others], [core]],
    );
    assert.ok(others.every((path) => parseProfilePath(path) !== null));
  });
});

function jsonBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .toSorted();
}
