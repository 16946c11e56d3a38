import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { annotations } from '../../src/ooi/products/annotations.ts';
import { liveStores } from '../../src/ooi/products/live-stores.ts';
import { type MetadataSources, makeMetadata } from '../../src/ooi/products/metadata.ts';
import { under } from '../../src/ooi/products/under.ts';
import { SAMPLE_SHEETS, sampleFacility } from '../helpers/metadata-facility.ts';
import { type ProductPlace, productPlace } from '../helpers/product-place.ts';
import { foreignPython, PARQUET_READERS } from '../helpers/python.ts';
import { isOoiDataThere, OOI_DATA, WITHOUT_OOI_DATA } from './ooi-data.ts';

const NOW = new Date('2026-11-25T11:00:00Z');
const CTD = 'CE02SHBP-LJ01D-06-CTDBPN106';
const RANGES = 'a,b,c,d,e,f,g,h,i,j\nCE02SHBP-LJ01D-06-CTDBPN106,t,t,-2,40,L1,degC,4,,x\n';
const TABLES =
  'cava_areas cava_arrays cava_dataproduct-groups cava_dataproducts cava_infrastructures cava_instrument-groups cava_instruments cava_parameters cava_poe cava_sites cava_streams global_ranges iris_inventory m2m_inventory ooi_parameters ooi_streams rawdata_inventory';

describe('the metadata of the sample facility', { skip: isOoiDataThere ? false : WITHOUT_OOI_DATA }, () => {
  let place: ProductPlace;

  beforeEach(async () => {
    place = await productPlace();
  });
  afterEach(() => place.remove());

  const sourcesOf = (given: Partial<MetadataSources> = {}): MetadataSources => ({
    facility: sampleFacility(),
    sheet: async (name) => SAMPLE_SHEETS[name] ?? null,
    ranges: async () => RANGES,
    stores: () => liveStores(place.objects, place.tables, false),
    goldCopyOf: [],
    ...given,
  });
  const make = (given: Partial<MetadataSources> = {}) => makeMetadata(sourcesOf(given), under(place.objects, 'metadata'), NOW);
  const rowsOf = async (table: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
    const found = await place.objects.get(`metadata/${table}/part.0.parquet`);
    assert.ok(found !== null);
    return parquetReadObjects({ file: new Uint8Array(found.bytes).buffer });
  };
  const json = async (key: string): Promise<unknown> => JSON.parse(Buffer.from((await place.objects.get(key))?.bytes ?? []).toString());

  it('is every table and both catalogues', async () => {
    const made = await make();

    const folder = await readdir(join(place.folder, 'metadata'));
    assert.deepEqual(folder.toSorted(), [...TABLES.split(' '), 'instruments_catalog.json', 'legacy_catalog.json'].toSorted());
    assert.deepEqual({ tables: made.value.tables.length, documents: made.value.documents }, { tables: 17, documents: 2 });
    assert.deepEqual(
      made.omissions.map(({ what, why }) => `${what}: ${why}`),
      ['CE04OSPS-SF01B-3B-OPTAAD105-streamed-optaa_sample: the shared table lacks its infrastructure'],
    );
  });

  it('has a row for each stream with the facility’s own fields, and each parameter once', async () => {
    await make();

    const streams = await rowsOf('ooi_streams');
    const { last_updated: at, parameter_ids: ids, ...ctd } = streams[0] ?? {};
    assert.equal(streams.length, 3);
    assert.deepEqual(ctd, {
      table_name: `${CTD}-streamed-ctdbp_no_sample`,
      reference_designator: CTD,
      platform_code: 'CE02SHBP',
      mooring_code: 'LJ01D',
      instrument_code: '06-CTDBPN106',
      stream: 'ctdbp_no_sample',
      method: 'streamed',
      count: 9_104_233n,
      beginTime: '2023-08-14T00:00:07.413Z',
      endTime: '2023-09-04T15:52:37.699Z',
      stream_id: 506n,
      stream_rd: 'ctdbp_no_sample',
      stream_type: 'Science',
      stream_content: 'CTD Data Products',
      group_code: 'CTD',
    });
    assert.equal(at, '2026-11-25T11:00:00.000Z');
    assert.match(String(ids), /^7,193,/);
    const parameters = await rowsOf('ooi_parameters');
    assert.equal(
      Object.keys(parameters[0] ?? {}).join(' '),
      'pid reference_designator parameter_name netcdf_name standard_name description unit data_level data_product_type data_product_identifier last_updated',
    );
    const pids = parameters.map(({ pid }) => Number(pid));
    assert.deepEqual(
      pids,
      [...new Set(pids)].toSorted((a, b) => a - b),
    );
  });

  it('keeps a stream whose details cannot be had without them, and names it', async () => {
    const made = await make({ facility: sampleFacility(['optaa_sample']) });

    const optaa = (await rowsOf('ooi_streams')).find(({ stream }) => stream === 'optaa_sample');
    assert.equal(optaa?.count, 3_070_970n);
    assert.equal(optaa?.parameter_ids, null);
    assert.equal(optaa?.group_code, 'OPTAA');
    assert.ok(made.omissions.some(({ what, why }) => what === 'optaa_sample' && /The facility failed on optaa_sample/.test(why)));
    assert.ok((await rowsOf('ooi_parameters')).some(({ pid }) => pid === 7n));
  });

  it('leaves the tables of streams as they were when nothing can be had of any', async () => {
    await make();

    const made = await make({ facility: sampleFacility(['ctdbp_no_sample', 'optaa_sample', 'nutnr_a_sample']) });

    assert.equal((await rowsOf('ooi_streams'))[0]?.stream_id, 506n);
    assert.ok(made.omissions.some(({ what, why }) => what === 'the streams' && /nothing of any of the 3 streams/.test(why)));
  });

  it('sorts the open list into its inventories', async () => {
    await make();

    const designators = async (table: string) => (await rowsOf(table)).map((row) => String(row.reference_designator).slice(-9, -4));
    assert.deepEqual(await designators('iris_inventory'), ['HYDBB']);
    assert.deepEqual(await designators('rawdata_inventory'), ['CTDBP', 'HYDBB', 'BOTPT', 'OBSSP']);
    assert.deepEqual(await designators('m2m_inventory'), ['CTDBP', 'BOTPT', 'OBSSP']);
  });

  it('gives each instrument its streams and the parameters of their stores with dimensions and levels', async () => {
    await make();

    const catalog = await json('metadata/instruments_catalog.json');
    assert.ok(Array.isArray(catalog));
    const optaa = catalog[1];
    assert.equal(optaa.instrument_name, 'Spectrophotometer');
    assert.equal(optaa.streams[0].group_code, 'OPTAA');
    const absorption = optaa.parameters.find((one: { netcdf_name: string }) => one.netcdf_name === 'optical_absorption');
    assert.deepEqual(
      { unit: absorption.unit, level: absorption.data_level, dimensions: absorption.dimensions, stream: absorption.stream },
      { unit: 'm-1', level: 2, dimensions: ['time', 'wavelength'], stream: 'streamed-optaa_sample' },
    );
    assert.equal(optaa.parameters.find((one: { netcdf_name: string }) => one.netcdf_name === 'time').unit, 'UTC');
  });

  it('gives the legacy catalogue an item for each stream of the shared table', async () => {
    await make();

    const items = await json('metadata/legacy_catalog.json');
    assert.ok(Array.isArray(items));
    assert.equal(items.length, 2);
    assert.equal(items[0].data_table, `${CTD}-streamed-ctdbp_no_sample`);
    assert.equal(items[0].site.wp_page, '101');
    assert.equal(items[0].site.is_public, true);
    assert.deepEqual(items[0].stream, {
      reference_designator: 'ctdbp_no_sample',
      stream_method: 'streamed',
      m2m_id: 506,
      stream_type: 'Science',
      stream_content: 'CTD Data Products',
    });
    assert.deepEqual(
      items[0].parameters.map((one: { label: string }) => one.label),
      ['Counts', 'Time'],
    );
    assert.equal(items[1].infrastructure, null);
  });

  it('lists the gold copy of the tables that are asked for, and names one that cannot be listed', async () => {
    const table = `${CTD}-streamed-ctdbp_no_sample`;

    const made = await make({ goldCopyOf: [table, '../evil', `${CTD}-streamed-x`], facility: sampleFacility([`${CTD}-streamed-x`]) });

    const listing = await json(`metadata/axiom_catalog/${table}`);
    assert.deepEqual(listing, {
      stream_name: table,
      catalog_url: `https://thredds.example.org/thredds/catalog/ooigoldcopy/public/${table}/catalog.xml`,
      base_tds_url: 'https://thredds.example.org/thredds',
      datasets: [
        {
          date_modified: null,
          size_bytes: 1_200_000,
          name: `deployment0009_${table}.nc`,
          ID: `ooigoldcopy/public/${table}/a.nc`,
          urlPath: `ooigoldcopy/public/${table}/a.nc`,
        },
      ],
      retrieved_dt: '2026-11-25T11:00:00.000Z',
    });
    assert.deepEqual(made.omissions.map(({ what }) => what).slice(-2), ['../evil', `${CTD}-streamed-x`]);
  });

  it('reads the same in pyarrow as one table of all parts', async (context) => {
    const python = await foreignPython(PARQUET_READERS);
    if (!python.isThere) return context.skip(python.why);
    await make();

    const said = JSON.parse(await python.run(PYARROW, join(place.folder, 'metadata')));

    assert.deepEqual(said.sites, {
      schema: { reference_designator: 'string', site_name: 'string', wp_page: 'string', is_public: 'bool' },
      rows: [
        { reference_designator: 'CE02SHBP', site_name: 'Oregon Shelf', wp_page: '101', is_public: true },
        { reference_designator: 'CE04OSPS', site_name: 'Oregon Offshore', wp_page: '102', is_public: false },
      ],
    });
    assert.deepEqual(said.streams, [9_104_233, 3_070_970, 812_004]);
    assert.deepEqual(said.ranges, [[-2, 40]]);
    assert.deepEqual(said.tables, TABLES.split(' '));
  });

  it('keeps annotations of every instrument as they came, and names the one that cannot be had', async () => {
    const { annotations: fetch } = sampleFacility(['CE04OSPS-SF01B-3B-OPTAAD105']);
    const instruments = [CTD, 'CE04OSPS-SF01B-3B-OPTAAD105', 'CE04OSPS-SF01B-4A-NUTNRA102', 'nothing/../at/all'];

    const made = await annotations(instruments, fetch, place.objects);

    const written = await place.objects.get(`annotations/${CTD}.json`);
    assert.deepEqual(Buffer.from(written?.bytes ?? []), readFileSync(join(OOI_DATA, `server/api/annotations/${CTD}.json`)));
    assert.equal(made.value.written, 2);
    assert.deepEqual(
      made.omissions.map(({ what }) => what),
      ['CE04OSPS-SF01B-3B-OPTAAD105', 'nothing/../at/all'],
    );
  });

  it('does not take the page of a maintenance for annotations', async () => {
    await annotations([CTD], async () => '[{"id":1}]', place.objects);

    const made = annotations([CTD], async () => '<html><title>Down for maintenance</title></html>', place.objects);

    await assert.rejects(made, { code: 'no_annotations', kind: 'again', message: /no list of annotations/ });
    assert.deepEqual(await json(`annotations/${CTD}.json`), [{ id: 1 }]);
  });
});

const PYARROW = `
import json, os, sys, pyarrow.parquet as pq
root = sys.argv[1]
read = lambda name: pq.read_table(os.path.join(root, name))
sites = read('cava_sites')
names = sorted(n for n in os.listdir(root) if os.path.isdir(os.path.join(root, n)))
for n in names: read(n)
print(json.dumps({'sites': {'schema': {f.name: str(f.type) for f in sites.schema}, 'rows': sites.to_pylist()},
  'streams': read('ooi_streams').column('count').to_pylist(),
  'ranges': [[r['global_range_min'], r['global_range_max']] for r in read('global_ranges').to_pylist()],
  'tables': names}))
`;
