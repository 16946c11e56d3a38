import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ArgoDocument, ArgoMetaDocument } from '../../src/argo/documents.ts';
import { preview } from '../../src/argo/preview.ts';
import { createHdf5Pool, type Hdf5Pool } from '../../src/formats/netcdf/hdf5-pool.ts';
import { compareDocument, type FoundDocument } from '../../standins/gdac/compare.ts';
import { type ExpectedProfile, type Gdac, startGdac } from '../../standins/gdac/gdac.ts';

const SOURCE_URL = 'ftp://ftp.ifremer.fr/ifremer/argo/dac/';

interface Translated {
  readonly argo: ArgoDocument;
  readonly argoMeta: ArgoMetaDocument;
}

/** Everything that differs between what the stand-in says of its tree and what the translation makes of it. */
async function differences(
  gdac: Gdac,
  hdf5: Hdf5Pool,
): Promise<{ readonly differences: readonly string[]; readonly documents: number; readonly codes: ReadonlySet<string> }> {
  const found = new Map<string, Translated | string>();
  for await (const item of preview({ root: gdac.tree, sourceUrl: SOURCE_URL, hdf5, now: () => new Date() })) {
    found.set(item.files.join(' '), 'argo' in item ? item : item.rejected.code);
  }
  const out: string[] = [];
  const codes = new Set<string>();
  let documents = 0;
  for await (const expected of gdac.expected()) {
    const line = expected.files.join(' ');
    out.push(...compare(expected, found.get(line)));
    found.delete(line);
    if (expected.outcome.state === 'rejected') codes.add(expected.outcome.code);
    else documents += 1;
  }
  return { differences: [...out, ...[...found.keys()].map((line) => `${line}: nobody expects it.`)], documents, codes };
}

function compare(expected: ExpectedProfile, found: Translated | string | undefined): readonly string[] {
  const { key, outcome } = expected;
  if (typeof found === 'string') {
    const wanted = outcome.state === 'rejected' ? outcome.code : 'a document';
    return wanted === found ? [] : [`${key}: expected ${wanted}, found it rejected as ${found}.`];
  }
  return compareDocument(expected, plain(found?.argo), plain(found?.argoMeta));
}

const plain = (document: object | undefined): FoundDocument | null => (document === undefined ? null : { ...document });

describe('the stand-in and the translation', () => {
  let folder: string;
  let hdf5: Hdf5Pool;
  let gdac: Gdac;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landfall-gdac-'));
    hdf5 = createHdf5Pool();
    gdac = await startGdac({ folder, floats: 40, cyclesPerFloat: 25, seed: 5 });
  });
  after(async () => {
    await gdac.stop();
    await hdf5.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('agree about every profile of a generated tree, defective ones included', async () => {
    const result = await differences(gdac, hdf5);

    assert.deepEqual(result.differences.slice(0, 20), []);
    assert.ok(result.documents > 900, `only ${result.documents} documents were compared`);
    assert.deepEqual([...result.codes].sort(), [
      'bad_data_mode',
      'location_out_of_range',
      'missing_cycle_number',
      'missing_variable',
      'no_pressure_variable',
      'unreadable_file',
    ]);
  });

  it('agree after two later nights', async () => {
    await gdac.playNight(1);
    await gdac.playNight(2);

    const result = await differences(gdac, hdf5);

    assert.deepEqual(result.differences.slice(0, 20), []);
    assert.ok(result.documents > 900, `only ${result.documents} documents were compared`);
  });
});
