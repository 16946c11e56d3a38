import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { SaxesParser } from 'saxes';
import { Failure, isFailure } from '../../../src/errors.ts';
import { plotSeries } from '../../../src/ooi/report/picture/plot-series.ts';
import { type ReportTarget, reportRefresh } from '../../../src/ooi/report/write-report.ts';
import type { ObjectStore } from '../../../src/stores/objects/contract.ts';
import { openDisk } from '../../../src/stores/objects/disk.ts';
import { floats, seriesOf, texts, timesFrom } from './series-fixture.ts';

const HOSTILE = '<script>alert("1")</script>&\u0007';
const TIMES = timesFrom('2023-08-01T00:00:00Z', 50);

/** Fails for what is not well-formed XML. */
function elementsOf(svg: string): readonly string[] {
  const names: string[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name }) => void names.push(name));
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(svg).close();
  return names;
}

const textOf = async (objects: ObjectStore, key: string): Promise<string> =>
  Buffer.from((await objects.get(key))?.bytes ?? assert.fail(`${key} is not there`)).toString();

describe('the report of a refresh', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-report-'));
  after(() => rm(folder, { recursive: true }));
  const objects = await openDisk({ folder });
  const target: ReportTarget = { objects, folder: 'r/1', title: HOSTILE, old: 'a', new: HOSTILE, now: new Date(0) };
  const old = await seriesOf(TIMES, {
    x: { ...floats(TIMES.map((_, i) => i)), attributes: { units: HOSTILE } },
    t: texts(
      TIMES.map(() => '<a>'),
      3,
    ),
  });
  const fresh = await seriesOf(TIMES, {
    x: { ...floats(TIMES.map((_, i) => (i === 7 ? 70 : i))), attributes: { units: HOSTILE, long_name: HOSTILE } },
    t: texts(
      TIMES.map(() => '<b>'),
      3,
    ),
  });

  it('is a page, its data and a picture, and a small outcome', async () => {
    const outcome = await reportRefresh({ old, new: fresh }, target);

    const data = JSON.parse(await textOf(objects, outcome.files.data));
    assert.deepEqual([outcome.changedValues, outcome.variables, outcome.coverage.isShorter], [51, { compared: 2, different: 2 }, false]);
    assert.deepEqual(data.comparison.variables[1].total.largest, { time: TIMES[7], old: 7, new: 70 });
    assert.ok(JSON.stringify(outcome).length < 4000);
  });

  it('lets no text of a store or a name become markup', async () => {
    const { files } = await reportRefresh({ old, new: fresh }, target);

    const page = await textOf(objects, files.page);
    assert.doesNotMatch(page, /<script|<a>|<b>[^W]/);
    assert.match(page, /&lt;script&gt;alert\(&quot;1&quot;\)/);
    assert.ok(elementsOf(await textOf(objects, files.picture)).includes('path'));
  });

  it('asks for nothing else when it is opened', async () => {
    const { files } = await reportRefresh({ old, new: fresh }, target);

    const page = await textOf(objects, files.page);
    assert.deepEqual(page.match(/(src|href)=|@import|url\(/g), null);
  });

  it('is not written by who has lost the lease', async () => {
    const fence = async (): Promise<void> => {
      throw new Failure({ kind: 'stop', code: 'lease_lost', happened: 'Another run has the lease' });
    };

    const report = reportRefresh({ old, new: fresh }, { ...target, folder: 'r/2' }, { fence });

    await assert.rejects(report, (error) => isFailure(error, 'lease_lost'));
    assert.equal(await objects.stat('r/2/report.json'), null);
  });

  it('is made again when an append changed the live store meanwhile, and only then', async () => {
    const changing = await seriesOf(TIMES, { x: floats(TIMES) });
    changing.store.objects.set('x/0', Uint8Array.of(1));
    const report = (isChanged: boolean) => reportRefresh({ old: changing, new: fresh }, target, { hasChanged: async () => isChanged });

    await assert.rejects(report(true), (error) => isFailure(error, 'store_changed') && error.kind === 'again');
    await assert.rejects(report(false), (error) => isFailure(error, 'damaged_chunk') && error.kind === 'stop');
  });

  it('ends when it is cancelled', async () => {
    await assert.rejects(reportRefresh({ old, new: fresh }, target, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  });
});

describe('the picture of a variable', () => {
  it('is well-formed, with its gaps, and says what it shows', async () => {
    const times = [...timesFrom('2023-08-01T00:00:00Z', 200), ...timesFrom('2023-08-03T00:00:00Z', 200)];
    const series = await seriesOf(times, {
      x: { ...floats(times.map((_, i) => Math.sin(i))), attributes: { units: 'm/s', long_name: 'Speed' } },
    });

    const { svg, series: found, values } = await plotSeries(series, 'x');

    assert.deepEqual([found.rows, found.gaps.length, values.values], [400, 1, 400]);
    assert.match(svg, />Speed<.*>x \[m\/s\]<.*400 rows, 2023-08-01 to 2023-08-03, 1 gap<.*>1 d 20 h</s);
    assert.equal(elementsOf(svg)[0], 'svg');
  });

  it('of a store without a row is a picture that says so', async () => {
    const { svg } = await plotSeries(await seriesOf([], { x: floats([]) }), 'x');

    assert.match(svg, />no values</);
  });

  it('of text, or of what is not there, is refused with the names of what is', async () => {
    const series = await seriesOf(TIMES, {
      t: texts(
        TIMES.map(() => 'a'),
        1,
      ),
      depth: floats(TIMES),
    });

    await assert.rejects(plotSeries(series, 't'), (error) => isFailure(error, 'no_variable') && error.message.includes('one of depth.'));
  });
});
