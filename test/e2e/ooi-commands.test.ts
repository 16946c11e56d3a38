import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseTable } from '../../src/ooi/names.ts';
import { openSeriesStore } from '../../src/ooi/store/series-store.ts';
import { openDisk } from '../../src/stores/objects/disk.ts';
import { commandIn } from '../helpers/command.ts';
import { room } from '../helpers/room.ts';
import { buildSecond, free, publishFirst } from '../helpers/series-cases.ts';
import { TABLE } from '../helpers/series-place.ts';

describe('landfall ooi', () => {
  const folder = mkdtempSync(join(room, 'landfall-ooi-commands-'));
  const place = join(folder, 'stores');
  const landfall = commandIn(folder, { LANDFALL_HOME: join(folder, 'home'), LANDFALL_FLOWS: join(folder, 'flows') });
  const writeFlow = (name: string, keys: object): void =>
    writeFileSync(join(folder, 'flows', `${name}.yaml`), JSON.stringify({ name, kind: 'ooi', store: { place }, ...keys }));
  before(async () => {
    for (const name of ['flows', 'stores']) mkdirSync(join(folder, name), { recursive: true });
    const { instrument, method, stream } = parseTable(TABLE) ?? {};
    writeFlow('ctd', { instrument, stream: { method, name: stream } });
    writeFlow('empty', { instrument, stream: { method, name: `${stream}_other` } });
    writeFlow('all', { streams: 'all' });
    const objects = await openDisk({ folder: place });
    const store = openSeriesStore({ objects, disk: { folder: place }, table: TABLE, publish: 'link', codec: 'zstd' });
    await publishFirst(store);
    await buildSecond(store);
    await store.publish('g2', free);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('generations names every generation, its rows and which is live', async () => {
    const listed = await landfall('ooi generations ctd');
    const json = await landfall('--json ooi generations ctd');

    assert.equal(listed.exit, 0, listed.stderr);
    assert.match(listed.stdout, /^g1 +kept +39 /m);
    assert.match(listed.stdout, /^g2 +live +30 +2020-06-01 11:33 +2020-06-01 12:02 /m);
    assert.deepEqual(Object.keys(Object(Reflect.get(Object(json.json()), 0))).slice(0, 4), ['id', 'root', 'state', 'rows']);
  });

  it('plot draws a variable of the live store into a file, and says how many gaps it has', async () => {
    const picture = join(folder, 'temperature.svg');

    const plotted = await landfall(`ooi plot ctd temperature --out ${picture}`);

    assert.equal(plotted.exit, 0, plotted.stderr);
    assert.match(plotted.stdout, /temperature\.svg: 30 rows, 0 gaps\. Open it with a browser\./);
    assert.match(readFileSync(picture, 'utf8'), /^<svg .*temperature of CE02SHBP/s);
  });

  for (const [words, exit, sentence] of [
    ['ooi plot ctd nothing', 1, /^The store has no numbers on time that are called "nothing"\. Expected one of spectra, temperature\./],
    ['ooi plot empty temperature', 1, /^Flow empty has no store yet\. Build it with `landfall run harvest empty --wait`\./],
    [
      'ooi plot ctd temperature --out t2.png',
      2,
      /^The picture is SVG, and .*t2\.png ends with \.png\. Expected a name that ends with \.svg\./,
    ],
    ['ooi generations all', 2, /^Flow all is a set of streams and has no store of its own\. /],
    ['ooi plot ctd temperature --out no/such/folder.svg', 1, /^The picture cannot be written to .*ENOENT/],
  ] as const) {
    it(`refuses ${words} with a sentence`, async () => {
      const ended = await landfall(words);

      assert.equal(ended.exit, exit);
      assert.match(ended.stderr, sentence);
    });
  }
});
