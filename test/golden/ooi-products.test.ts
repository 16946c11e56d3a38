import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { availability } from '../../src/ooi/products/availability.ts';
import { intakeCatalog } from '../../src/ooi/products/catalog.ts';
import { type LiveStore, liveStores } from '../../src/ooi/products/live-stores.ts';
import { statistics } from '../../src/ooi/products/statistics.ts';
import { type ProductPlace, productPlace } from '../helpers/product-place.ts';
import { foreignPython } from '../helpers/python.ts';
import { isOoiDataThere, OOI_DATA, WITHOUT_OOI_DATA } from './ooi-data.ts';

const CTD = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';
const OPTAA = 'CE04OSPS-SF01B-3B-OPTAAD105-streamed-optaa_sample';
const NUTNR = 'CE04OSPS-SF01B-4A-NUTNRA102-streamed-nutnr_a_sample';
const NOW = new Date('2026-11-25T11:00:00Z');

const golden = (table: string): { readonly observations: number; readonly variables: Readonly<Record<string, unknown>> } =>
  JSON.parse(readFileSync(join(OOI_DATA, 'golden', table, 'refresh.json'), 'utf8'));

describe('products of the expected stores', { skip: isOoiDataThere ? false : WITHOUT_OOI_DATA }, () => {
  let place: ProductPlace;
  let stores: readonly LiveStore[];

  before(async () => {
    place = await productPlace();
    stores = (await liveStores(place.objects, place.tables, false)).value;
  });
  after(() => place.remove());

  const storeOf = (table: string): LiveStore => {
    const found = stores.find((store) => store.table === table);
    assert.ok(found !== undefined);
    return found;
  };

  it('are made of what is live, and name a table without a store and one whose store is broken', async () => {
    await mkdir(join(place.folder, `${OPTAA}x`));
    await writeFile(join(place.folder, `${OPTAA}x`, '.zmetadata'), '{"metadata": {"time/.zarray": {}}}');

    const found = await liveStores(place.objects, [CTD, `${CTD}x`, `${OPTAA}x`], false);

    assert.deepEqual(
      found.value.map(({ address }) => address),
      [join(place.folder, CTD)],
    );
    assert.deepEqual(
      found.omissions.map(({ what }) => what),
      [`${CTD}x`, `${OPTAA}x`],
    );
    assert.match(found.omissions[1]?.why ?? '', /gives time no shape/);
  });

  it('find the live generation by the record of what is live', async () => {
    await mkdir(join(place.folder, `${NUTNR}.generations`));
    await rename(join(place.folder, NUTNR), join(place.folder, `${NUTNR}.generations`, 'g1'));
    await writeFile(join(place.folder, `${NUTNR}.current.json`), '{"generation":"g1","version":1,"publishedAt":"2024-09-14T09:00:00Z"}');

    const byLink = await liveStores(place.objects, [NUTNR], false);
    const byPointer = await liveStores(place.objects, [NUTNR], true);
    await rename(join(place.folder, `${NUTNR}.generations`, 'g1'), join(place.folder, NUTNR));
    await rm(join(place.folder, `${NUTNR}.current.json`));

    assert.equal(byLink.value[0]?.address, join(place.folder, NUTNR));
    assert.equal(byPointer.value[0]?.address, join(place.folder, `${NUTNR}.generations/g1`));
    assert.equal(byPointer.value[0]?.metadata.variables.length, Object.keys(golden(NUTNR).variables).length);
  });

  it('list time and the variables of levels 1 and 2 in the catalogue, with the parts of the name', () => {
    const made = intakeCatalog(stores, NOW);

    const catalog: Catalog = parse(made.value);
    assert.deepEqual(made.omissions, []);
    assert.deepEqual(Object.keys(catalog.sources), [CTD, OPTAA, NUTNR]);
    assert.deepEqual(Object.keys(catalog), ['name', 'description', 'metadata', 'sources']);
    assert.deepEqual(Object.keys(catalog.metadata), ['version', 'last_updated', 'owner']);
    assert.deepEqual(Object.keys(catalog.sources[CTD]?.metadata ?? {}), ['id', 'owner', 'notes', 'reference_designator', 'data_products']);
    assert.equal(catalog.metadata.last_updated, '2026-11-25T11:00:00.000Z');
    const optaa = catalog.sources[OPTAA];
    assert.equal(optaa?.driver, 'zarr');
    assert.deepEqual(optaa?.args, { urlpath: join(place.folder, OPTAA), consolidated: true });
    assert.match(optaa?.description ?? '', /^Data produced by Stream Engine/);
    assert.deepEqual(optaa?.metadata.reference_designator, {
      site: 'CE04OSPS',
      infrastructure: 'CE04OSPS-SF01B',
      instrument: 'CE04OSPS-SF01B-3B-OPTAAD105',
      stream_method: 'streamed',
      stream: 'optaa_sample',
    });
    assert.deepEqual(
      optaa?.metadata.data_products.map(({ reference_designator }) => reference_designator),
      ['beam_attenuation', 'int_ctd_pressure', 'optical_absorption', 'time'],
    );
    assert.equal(optaa?.metadata.data_products[2]?.units, 'm-1');
    assert.equal(optaa?.metadata.data_products[2]?._ARRAY_DIMENSIONS, undefined);
  });

  it('give sizes and coverage in the statistics as numpy counts them', async () => {
    const known = {
      reference_designator: 'CE02SHBP-LJ01D-06-CTDBPN106',
      instrument_name: 'CTD',
      formal_name: 'CTD on the shelf',
      instrument_url: '/instruments/ctd',
      group_code: 'CTD',
    };

    const { value, omissions } = await statistics(stores, [known], NOW);

    assert.deepEqual(omissions, []);
    const index: Index = JSON.parse(JSON.stringify(value));
    assert.deepEqual(Object.keys(index), ['version', 'generated', 'stats', 'instruments']);
    assert.equal(index.stats.num_instruments, 3);
    const [ctd] = index.instruments;
    const words = (of: object = {}): string => Object.keys(of).join(' ');
    assert.equal(words(ctd), 'id name formal_name url total_bytes group size num_streams streams');
    assert.equal(
      words(ctd?.streams[0]),
      'id data_location instrument_rd size bytes_size start_dt end_dt num_variables num_data_products data_products variables',
    );
    assert.equal(words(ctd?.streams[0]?.variables[0]), 'name size bytes_size product_id');
    assert.equal(words(index.stats), 'num_instruments bytes size');
    assert.equal(ctd?.name, 'CTD');
    assert.equal(ctd?.url, 'https://interactiveoceans.washington.edu/instruments/ctd');
    const [stream] = ctd?.streams ?? [];
    assert.equal(stream?.start_dt, '2023-08-14T00:00:07.413564000');
    assert.equal(stream?.num_variables, Object.keys(golden(CTD).variables).length);
    assert.equal(stream?.variables.find(({ name }) => name === 'time')?.bytes_size, golden(CTD).observations * 8);
  });

  it('count every row of a store at each resolution', async () => {
    const { value, omissions } = await availability('CE02SHBP-LJ01D-06-CTDBPN106', [storeOf(CTD)]);

    assert.deepEqual(omissions, []);
    const sums = Object.values(value.counts).map((streams) =>
      Object.values(streams['streamed-ctdbp_no_sample'] ?? {}).reduce((sum, rows) => sum + rows, 0),
    );
    assert.deepEqual(sums, [1952, 1952, 1952]);
    assert.deepEqual(Object.keys(value.counts.monthly['streamed-ctdbp_no_sample'] ?? {}), [
      String(Date.UTC(2023, 7) / 1000),
      String(Date.UTC(2023, 8) / 1000),
    ]);
  });

  it('agree with xarray and zarr-python on sizes, first and last times and rows per day', async (context) => {
    const python = await foreignPython();
    if (!python.isThere) return context.skip(python.why);
    const said: Foreign = JSON.parse(await python.run(FOREIGN, join(place.folder, CTD)));

    const { value } = await statistics([storeOf(CTD)], [], NOW);
    const index: Index = JSON.parse(JSON.stringify(value));
    const [stream] = index.instruments[0]?.streams ?? [];
    const counted = await availability('CE02SHBP-LJ01D-06-CTDBPN106', [storeOf(CTD)]);

    assert.equal(stream?.bytes_size, said.bytes);
    assert.equal(stream?.start_dt, said.start);
    assert.equal(stream?.end_dt, said.end);
    assert.deepEqual(counted.value.counts.daily['streamed-ctdbp_no_sample'], said.daily);
  });
});

const FOREIGN = `
import json, sys, numpy as np, xarray as xr, zarr
g = zarr.open_consolidated(sys.argv[1], zarr_format=2)
t = xr.open_zarr(sys.argv[1], consolidated=True, decode_times=True, decode_timedelta=False)['time'].values
t = (t + np.timedelta64(500, 'ns')).astype('datetime64[us]')
days, n = np.unique(t.astype('datetime64[D]'), return_counts=True)
text = lambda v: str(v.astype('datetime64[ns]'))
print(json.dumps({'bytes': int(sum(a.nbytes for _, a in g.arrays())), 'start': text(t[0]), 'end': text(t[-1]),
  'daily': {str(int(d.astype('datetime64[s]').astype(int))): int(c) for d, c in zip(days, n)}}))
`;

interface Foreign {
  readonly bytes: number;
  readonly start: string;
  readonly end: string;
  readonly daily: Readonly<Record<string, number>>;
}

interface Catalog {
  readonly metadata: { readonly last_updated: string };
  readonly sources: Readonly<Record<string, Source>>;
}

interface Source {
  readonly driver: string;
  readonly description: string;
  readonly args: unknown;
  readonly metadata: { readonly reference_designator: unknown; readonly data_products: readonly Readonly<Record<string, unknown>>[] };
}

interface Index {
  readonly stats: { readonly num_instruments: number };
  readonly instruments: readonly { readonly name: string; readonly url: string; readonly streams: readonly Stream[] }[];
}

interface Stream {
  readonly start_dt: string;
  readonly end_dt: string;
  readonly bytes_size: number;
  readonly num_variables: number;
  readonly variables: readonly { readonly name: string; readonly bytes_size: number }[];
}
