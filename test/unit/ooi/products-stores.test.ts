import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { availability } from '../../../src/ooi/products/availability.ts';
import { intakeCatalog } from '../../../src/ooi/products/catalog.ts';
import { groupCode, INSTRUMENT_CLASSES } from '../../../src/ooi/products/group-code.ts';
import type { LiveStore } from '../../../src/ooi/products/live-stores.ts';
import { sizeText } from '../../../src/ooi/products/sizes.ts';
import { statistics } from '../../../src/ooi/products/statistics.ts';
import { storeMetadata } from '../../../src/ooi/products/store-metadata.ts';
import { storedParameters } from '../../../src/ooi/products/store-parameters.ts';
import { nanosecondText, timeRange } from '../../../src/ooi/products/store-times.ts';
import { memoryStore } from '../../helpers/zarr-stores.ts';

const NOW = new Date('2026-11-25T11:00:00Z');
const INSTRUMENT = 'CE02SHBP-LJ01D-06-CTDBPN106';

interface TinyStore {
  readonly times: readonly number[];
  readonly units?: string;
  readonly more?: Readonly<Record<string, unknown>>;
  readonly stream?: string;
}

/** A store of times alone, and what else its metadata says. */
async function storeOf({
  times,
  units = 'seconds since 1970-01-01',
  more = {},
  stream = 'ctdbp_no_sample',
}: TinyStore): Promise<LiveStore> {
  const rows = times.length;
  const array = {
    chunks: [Math.max(1, rows)],
    compressor: null,
    dtype: '<f8',
    fill_value: null,
    filters: null,
    order: 'C',
    shape: [rows],
    zarr_format: 2,
  };
  const metadata = {
    '.zgroup': { zarr_format: 2 },
    '.zattrs': { title: 'a title' },
    'time/.zarray': array,
    'time/.zattrs': { _ARRAY_DIMENSIONS: ['time'], units },
    ...more,
  };
  const text = new TextEncoder().encode(JSON.stringify({ zarr_consolidated_format: 1, metadata }));
  const reader = memoryStore(
    new Map([
      ['.zmetadata', text],
      ['time/0', new Uint8Array(Float64Array.from(times).buffer)],
    ]),
  );
  const read = await storeMetadata(reader);
  assert.ok(read !== null);
  const table = `${INSTRUMENT}-streamed-${stream}`;
  return { table, address: `s3://ooi-data/${table}`, reader, metadata: read };
}

const variable = (name: string, dtype: string, attributes: Readonly<Record<string, unknown>> = {}) => ({
  [`${name}/.zarray`]: {
    chunks: [3],
    compressor: { id: 'blosc' },
    dtype,
    fill_value: null,
    filters: [{ id: 'vlen-utf8' }],
    order: 'C',
    shape: [3],
    zarr_format: 2,
  },
  [`${name}/.zattrs`]: { _ARRAY_DIMENSIONS: ['time'], ...attributes },
});

describe('the times of a store', () => {
  it('are read by their units, as seconds since 1900', async () => {
    const range = await timeRange(await storeOf({ times: [0, 86_400.25] }));

    assert.deepEqual(range, { first: 2_208_988_800, last: 2_209_075_200.25 });
  });

  it('are written with nanoseconds, rounded to the microsecond that was meant', () => {
    // A float64 of this size has steps of half a microsecond: this is the one below 596810 of them.
    assert.equal(nanosecondText(3902669557.5968094), '2023-09-02T18:52:37.596810000');
    assert.equal(nanosecondText(-0.5), '1899-12-31T23:59:59.500000000');
  });
});

describe('availability', () => {
  it('has rows by the hour, the day and the month in which they lie', async () => {
    const times = [0, 3_599.9, 3_600, 86_400, 31 * 86_400];

    const { value } = await availability(INSTRUMENT, [await storeOf({ times })]);

    const key = 'streamed-ctdbp_no_sample';
    assert.deepEqual(value.counts.hourly[key], { 0: 2, 3600: 1, 86400: 1, 2678400: 1 });
    assert.deepEqual(value.counts.daily[key], { 0: 3, 86400: 1, 2678400: 1 });
    assert.deepEqual(value.counts.monthly[key], { 0: 4, 2678400: 1 });
  });

  it('is made without a store that has a time that is no number, or units that are none, and names them', async () => {
    const stores = [
      await storeOf({ times: [0, Number.NaN] }),
      await storeOf({ times: [0], units: 'months since 1990-01-01', stream: 'other' }),
    ];

    const { value, omissions } = await availability(INSTRUMENT, stores);

    assert.deepEqual(value.counts.hourly, {});
    assert.match(omissions[0]?.why ?? '', /no number/);
    assert.match(omissions[1]?.why ?? '', /its units are "months since 1990-01-01"/);
  });
});

describe('a store that lost a chunk of its times', () => {
  it('is named, and its rows are not counted as rows of 1900', async () => {
    const { metadata, reader, ...rest } = await storeOf({ times: [0, 1] });
    const torn: LiveStore = { ...rest, metadata, reader: { get: async (key) => (key === 'time/0' ? null : reader.get(key)) } };

    const counted = await availability(INSTRUMENT, [torn]);
    const sized = await statistics([torn], [], NOW);

    assert.match(counted.omissions[0]?.why ?? '', /the chunk time\/0 is missing/);
    assert.deepEqual([counted.value.counts.hourly, sized.value.instruments, sized.omissions.length], [{}, [], 1]);
  });
});

describe('statistics', () => {
  it('count arrays of types that are not read here, as numpy does', async () => {
    const store = await storeOf({
      times: [0, 1, 2],
      more: { ...variable('text', '|O'), ...variable('name', '<U4'), ...variable('flag', '|b1') },
    });

    const { value } = await statistics([store], [], NOW);

    const [instrument] = JSON.parse(JSON.stringify(value.instruments));
    assert.equal(instrument.total_bytes, 3 * 8 + 3 * 8 + 3 * 16 + 3);
    assert.deepEqual([instrument.id, instrument.name, instrument.group], [INSTRUMENT, INSTRUMENT, null]);
  });

  it('have an empty store without coverage', async () => {
    const { value, omissions } = await statistics([await storeOf({ times: [] })], [], NOW);

    const [instrument] = JSON.parse(JSON.stringify(value.instruments));
    assert.deepEqual([instrument.streams[0].start_dt, instrument.streams[0].end_dt, omissions], [null, null, []]);
  });

  it('write sizes in steps of 1024', () => {
    assert.deepEqual([0, 1023, 1024, 1_572_864, 5 * 1024 ** 5, 9 * 1024 ** 6].map(sizeText), [
      '0.0 bytes',
      '1023.0 bytes',
      '1.0 KB',
      '1.5 MB',
      '5.0 PB',
      '9216.0 PB',
    ]);
  });
});

describe('the catalogue', () => {
  it('lets anybody read stores in buckets, and has the bottom pressure product', async () => {
    const more = {
      ...variable('botsflu', '<f8', { data_product_identifier: 'BOTSFLU-15SPRES' }),
      ...variable('raw', '<f8', { data_product_identifier: 'X_L0' }),
    };
    const store = await storeOf({ times: [0, 1, 2], more });

    const { value } = intakeCatalog([store], NOW);

    assert.match(
      value,
      /urlpath: s3:\/\/ooi-data\/CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample\n\s+consolidated: true\n\s+storage_options:\n\s+anon: true\n/,
    );
    assert.match(value, /reference_designator: botsflu\n/);
    assert.doesNotMatch(value, /reference_designator: raw\n/);
  });
});

describe('parameters of a store', () => {
  it('have the level of their product, and what the facility says of them', async () => {
    const more = { ...variable('sea_water_temperature', '<f4', { data_product_identifier: 'TEMPWAT_L1', units: 'ºC' }) };
    const listed = {
      pid: 908,
      reference_designator: 'sea_water_temperature',
      parameter_name: 'Seawater Temperature',
      netcdf_name: 'sea_water_temperature',
      standard_name: 'sea_water_temperature',
      description: null,
      unit: 'degree_Celsius',
      data_level: null,
      data_product_type: null,
      data_product_identifier: null,
      last_updated: 'before',
    };

    const store = await storeOf({ times: [0, 1, 2], more });
    const [temperature, time] = storedParameters(store, [listed], NOW);

    assert.deepEqual(
      { pid: temperature?.pid, unit: temperature?.unit, level: temperature?.data_level, at: temperature?.last_updated },
      { pid: 908, unit: 'degree_Celsius', level: 1, at: '2026-11-25T11:00:00.000Z' },
    );
    assert.deepEqual([time?.parameter_name, time?.unit, time?.dimensions], ['Time', 'UTC', ['time']]);
  });
});

describe('the class of an instrument', () => {
  it('is the first of 43 that stands in its code', () => {
    assert.equal(INSTRUMENT_CLASSES.length, 43);
    const codes = ['06-CTDBPN106', '07-FLOBNM101', '05-FLORTD101', '07-CAMHDA301', '06-DOSTAD106', '04-XXXXXA001'].map((code) =>
      groupCode(`CE02SHBP-LJ01D-${code}`),
    );
    assert.deepEqual(codes, ['CTD', 'FLOBN', 'FL', 'CAMHD', 'DO', null]);
  });
});
