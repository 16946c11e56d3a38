import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, it } from 'node:test';
import { CATALOG_LIMITS, type CatalogEntry, type CatalogLimits, readCatalog } from '../../../src/ooi/m2m/catalog.ts';
import { sortInPieces } from '../../../src/ooi/m2m/sort-pieces.ts';

const HEAD =
  '<?xml version="1.0" encoding="UTF-8"?>\n<catalog xmlns="http://www.unidata.ucar.edu/namespaces/thredds/InvCatalog/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink">\n<dataset name="top" ID="top">\n';
const TAIL = '</dataset>\n</catalog>\n';
const file = (name: string, size = '116.1', units = 'Kbytes'): string =>
  `<dataset name="${name}" ID="x/${name}" urlPath="x/${name}"><dataSize units="${units}">${size}</dataSize><date type="modified">2024-09-12T10:24:51.120Z</date></dataset>\n`;

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, size = 1000, limits: CatalogLimits = CATALOG_LIMITS): Promise<readonly CatalogEntry[]> {
  return await Array.fromAsync(readCatalog(pieces(text, size), limits));
}

describe('a very long list', () => {
  it('is sorted as a short one is, equal ones in their order, whatever its length', async () => {
    const lengths = [0, 1, 1_999, 2_000, 2_001, 10_001];

    for (const length of lengths) {
      const items = Array.from({ length }, (_, n) => ({ key: (n * 7_919) % 977, n }));
      const compare = (a: { readonly key: number }, b: { readonly key: number }): number => a.key - b.key;

      assert.deepEqual(await sortInPieces(items, compare), items.toSorted(compare));
    }
  });
});

describe('a catalog of a request', () => {
  it('is read the same in whatever pieces it comes, a letter cut in half among them', async () => {
    const text = HEAD + file('µ.nc') + file('a.nc', '1.5', 'Gbytes') + TAIL;

    const whole = await read(text, 100_000);

    assert.deepEqual(whole[0], {
      kind: 'file',
      name: 'µ.nc',
      urlPath: 'x/µ.nc',
      roughBytes: 116_100,
      modified: '2024-09-12T10:24:51.120Z',
    });
    assert.deepEqual(await read(text, 1), whole);
  });

  for (const [size, units, bytes] of [
    ['484', 'bytes', 484],
    ['1.764', 'Kbytes', 1_764],
    ['2.5', 'Mbytes', 2_500_000],
    ['4.321', 'Tbytes', 4_321_000_000_000],
    ['much', 'Kbytes', null],
    ['1', 'Ebytes', null],
  ] as const) {
    it(`says ${size} ${units} and means ${bytes ?? 'nothing'} in decimal multiples`, async () => {
      const [entry] = await read(HEAD + file('a.nc', size, units) + TAIL);

      assert.equal(entry?.roughBytes, bytes);
    });
  }

  it('names folders by references, and what lies deeper is not its own', async () => {
    const text = `${HEAD}<catalogRef xlink:href="20240912T101500123Z-T/catalog.xml" xlink:title="20240912T101500123Z-T" name=""/><dataset name="deep"><dataset name="deeper.nc" urlPath="x"/></dataset>${TAIL}`;

    const entries = await read(text.replace(' name=""', ''));

    assert.deepEqual(
      entries.map(({ kind, name, urlPath }) => [kind, name, urlPath]),
      [
        ['folder', '20240912T101500123Z-T', null],
        ['file', 'deep', null],
      ],
    );
  });

  for (const [what, text, kind, code] of [
    ['that ends too early', HEAD + file('a.nc'), 'again', 'bad_catalog'],
    ['that is not well formed', `${HEAD}<dataset name="a"</dataset>${TAIL}`, 'again', 'bad_catalog'],
    ['with another root', '<listing/>', 'again', 'bad_catalog'],
    ['without its namespace', '<catalog/>', 'again', 'bad_catalog'],
    ['that is empty', '', 'again', 'bad_catalog'],
    ['that refers to entities of its own', `<!DOCTYPE a [<!ENTITY b "c">]>${HEAD}&b;${TAIL}`, 'again', 'bad_catalog'],
    ['with more levels than any has', HEAD + '<dataset>'.repeat(50), 'stop', 'catalog_too_large'],
  ] as const) {
    it(`${what} is refused`, async () => {
      await assert.rejects(read(text), { kind, code });
    });
  }

  it('is refused beyond its limits of entries and bytes', async () => {
    const text = HEAD + file('a.nc').repeat(11) + TAIL;

    await assert.rejects(read(text, 1000, { ...CATALOG_LIMITS, entries: 10 }), {
      code: 'catalog_too_large',
    });
    await assert.rejects(read(text, 1000, { ...CATALOG_LIMITS, bytes: 1000 }), {
      code: 'catalog_too_large',
    });
  });

  for (const [what, begin] of [
    ['name', '<dataset name="'],
    ['text', '<dataset name="a"><date type="modified">'],
    ['comment', '<!--'],
    ['tag', '<dataset '],
  ] as const) {
    it(`is refused before a ${what} that has no end fills the memory`, async () => {
      const text = HEAD + begin + 'a'.repeat(CATALOG_LIMITS.piece + 200_000);

      await assert.rejects(read(text, 100_000), { code: 'catalog_too_large', message: /in one tag, text or comment/ });
    });
  }

  it('of 100,000 files that comes at once leaves the event loop free', async () => {
    const text = HEAD + file('deployment0001_T_20240101T000000-20240102T000000.nc').repeat(100_000) + TAIL;
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 0);
    const delay = monitorEventLoopDelay();
    delay.enable();

    const entries = await read(text, text.length);
    clearInterval(ticking);
    delay.disable();

    assert.equal(entries.length, 100_000);
    assert.ok(turns > 50, `${turns} turns of the event loop, ${delay.max / 1e6} ms at most`);
  });
});
