import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { parse } from 'yaml';
import { type Facility, startFacility } from '../../standins/ooi/facility.ts';
import { generatedWorld } from '../../standins/ooi/series/facility-world.ts';
import { clockAt, SERIES_DEFAULTS } from '../../standins/ooi/series/options.ts';
import { streamsOf } from '../../standins/ooi/series/stream.ts';
import type { SetJobWorkflow } from '../../workflows/ooi/set-job.ts';
import { OOI_WORKER, streamFlow } from '../helpers/ooi-site.ts';
import { type Site, startSite } from '../helpers/site.ts';

const options = { ...SERIES_DEFAULTS, seed: 4, streams: 3, deploymentDays: 3, rowsPerFile: 200 };
const world = generatedWorld(options);
const TABLES = [...streamsOf(options).keys()];
const instrumentOf = (table: string): string => table.split('-').slice(0, 4).join('-');
const INSTRUMENTS = [...new Set(TABLES.map(instrumentOf))].toSorted();

describe('the products of a set', () => {
  let site: Site;
  let facility: Facility;
  before(async () => {
    facility = await startFacility({ world, startMs: clockAt(options, 2) });
    // So short a history makes the jobs go on as new while they ask.
    site = await startSite({ dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': '30' } });
    await site.worker(OOI_WORKER);
    const place = join(site.home, 'stores');
    const streams = TABLES.map((table, at) => streamFlow(site, facility, `s${at}`, table, { store: { place } }));
    const sheets = join(site.home, 'sheets');
    mkdirSync(sheets);
    const instruments = INSTRUMENTS.map((name, at) => `${name},Instrument ${at},Formal ${at},https://example.org/${at},G${at}`);
    writeFileSync(
      join(sheets, 'instruments.csv'),
      `reference_designator,instrument_name,formal_name,instrument_url,group_code\n${instruments.join('\n')}\n`,
    );
    writeFileSync(join(sheets, 'global_ranges.csv'), `a,b,c,d,e,f,g,x,y,z\n${INSTRUMENTS[0]},p,t,-2,40,L1,degree_C,1,2,3\n`);
    const hosts = { 'thredds.dataexplorer.oceanobservatories.org': `${facility.url}/` };
    writeFileSync(
      join(site.home, 'flows', 'all.yaml'),
      JSON.stringify({ name: 'all', kind: 'ooi', streams: 'all', sheets, store: { place }, upstream: { api: `${facility.url}/`, hosts } }),
    );
    for (const stream of streams) await (await stream.start()).result();
    for (const stream of streams) await stream.refresh().result();
    facility.traffic.clear();
  });
  after(async () => {
    await site.stop();
    await facility.stop();
  });

  const run = (job: string, input: object = {}) =>
    site.client.workflow.execute<SetJobWorkflow>(job, {
      taskQueue: 'landfall',
      workflowId: `${job}/all`,
      args: [{ flow: 'all', ...input }],
    });
  const at = (...parts: readonly string[]): string => join(site.home, 'stores', ...parts);
  const jsonAt = (...parts: readonly string[]) => JSON.parse(readFileSync(at(...parts), 'utf8'));
  const rowsOf = (table: string): Float64Array => {
    const values = world.expectedRows(table, facility.requests).columns.get('time')?.values;
    return values instanceof Float64Array ? values : assert.fail('times are float64');
  };
  const tableAt = async (name: string) => {
    const parts = readdirSync(at('metadata', name)).toSorted();
    const all = await Promise.all(
      parts.map((part) => parquetReadObjects({ file: new Uint8Array(readFileSync(at('metadata', name, part))).buffer })),
    );
    return all.flat();
  };

  it('are tables of all streams and parameters, inventories, sheets, ranges and the gold copy', async () => {
    const { record } = await run('metadata', { goldCopy: true });

    const streams = await tableAt('ooi_streams');
    assert.deepEqual(streams.map(({ table_name }) => table_name).toSorted(), TABLES.toSorted());
    assert.ok(streams.every(({ stream_id, parameter_ids }) => Number(stream_id) > 0 && String(parameter_ids).includes(',')));
    assert.ok((await tableAt('ooi_parameters')).length > 10);
    assert.deepEqual(
      (await tableAt('m2m_inventory')).length + (await tableAt('iris_inventory')).length,
      (await tableAt('rawdata_inventory')).length,
    );
    assert.deepEqual(
      (await tableAt('global_ranges')).map(({ reference_designator, global_range_max }) => [
        reference_designator,
        Number(global_range_max),
      ]),
      [[INSTRUMENTS[0], 40]],
    );
    assert.equal((await tableAt('cava_instruments')).length, INSTRUMENTS.length);
    for (const table of TABLES) {
      const { datasets, catalog_url } = jsonAt('metadata', 'axiom_catalog', table);
      assert.match(catalog_url, new RegExp(`ooigoldcopy/public/${table}/catalog.xml$`));
      assert.ok(datasets.some(({ name }: { name: string }) => name.includes(table) && name.endsWith('.nc')));
    }
    const catalog = jsonAt('metadata', 'instruments_catalog.json');
    assert.equal(catalog.length, INSTRUMENTS.length);
    assert.ok(catalog[0].parameters.length > 3);
    assert.equal(record.documents, 2 + TABLES.length);
    const names = new Set(TABLES.map((table) => table.split('-').slice(5).join('-')));
    assert.equal(facility.traffic.counts.stream, names.size, 'each stream is asked for once');
    const { raw } = await site.client.workflow.getHandle('metadata/all').describe();
    const { firstRunId, execution } = raw.workflowExecutionInfo ?? {};
    assert.notEqual(firstRunId, execution?.runId, 'it went on as new');
  });

  it('are annotations of each instrument, and one that cannot be had hurts no other', async () => {
    const [broken = '', ...others] = INSTRUMENTS;
    facility.set({ faults: [{ endpoint: 'annotations', match: broken, kind: 'status', status: 500 }] });

    const first = await run('annotations');
    facility.reset();
    const left = INSTRUMENTS.map((name) => existsSync(at('annotations', `${name}.json`)));
    const second = await run('annotations');

    assert.match(
      first.message,
      new RegExp(`Annotations of ${others.length} instruments written; 1 left out: ${broken}: its annotations cannot be had`),
    );
    assert.deepEqual(left, [false, ...others.map(() => true)]);
    assert.match(second.message, new RegExp(`^Annotations of ${INSTRUMENTS.length} instruments written\\.$`));
    const headers = { authorization: `Basic ${Buffer.from(`${facility.user}:${facility.token}`).toString('base64')}` };
    for (const name of INSTRUMENTS) {
      const answer = await fetch(`${facility.url}/api/m2m/12580/anno/find?refdes=${name}`, { headers });
      assert.equal(readFileSync(at('annotations', `${name}.json`), 'utf8'), await answer.text());
    }
    assert.equal(await site.database.book.collection('ooiAnswers').countDocuments(), 0, 'no answer stays');
  });

  it('are a catalogue of the stores', async () => {
    await run('catalog');

    const { sources } = parse(readFileSync(at('catalog.yaml'), 'utf8'));
    const addresses = Object.values(sources).map((source) => JSON.stringify(source));
    for (const table of TABLES) assert.equal(addresses.filter((text) => text.includes(`/${table}"`)).length, 1);
  });

  it('are statistics of what is stored', async () => {
    await run('statistics');

    const { instruments, stats } = jsonAt('index.json');
    assert.equal(stats.num_instruments, INSTRUMENTS.length);
    assert.deepEqual(jsonAt('stats.json'), stats);
    assert.deepEqual(instruments.map(({ id }: { id: string }) => id).toSorted(), INSTRUMENTS);
    assert.ok(stats.bytes > 0 && instruments[0].streams[0].num_variables > 3);
  });

  it('are counts of rows by hour, day and month', async () => {
    const { record } = await run('availability');

    assert.equal(record.instruments, INSTRUMENTS.length);
    for (const table of TABLES) {
      const instrument = instrumentOf(table);
      for (const resolution of ['hourly', 'daily', 'monthly']) {
        const counts: Readonly<Record<string, number>> = jsonAt('availability', resolution, instrument)[table.slice(instrument.length + 1)];
        assert.equal(
          Object.values(counts).reduce((sum, count) => sum + count, 0),
          rowsOf(table).length,
        );
      }
    }
  });
});
