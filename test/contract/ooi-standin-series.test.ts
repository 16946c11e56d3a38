import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { createHdf5Pool } from '../../src/formats/netcdf/hdf5-pool.ts';
import { openNetcdf } from '../../src/formats/netcdf/open.ts';
import { isText, numbers, texts } from '../../standins/ooi/series/cells.ts';
import type { ExpectedSeries } from '../../standins/ooi/series/expected.ts';
import { generatedWorld } from '../../standins/ooi/series/facility-world.ts';
import { filesOf } from '../../standins/ooi/series/files.ts';
import { clockAt, SERIES_DEFAULTS } from '../../standins/ooi/series/options.ts';
import type { AcceptedRequest } from '../../standins/ooi/world.ts';
import { foreignPython } from '../helpers/python.ts';

const DAY_US = 86_400e6;
const NONE = { outcome: 'as_it_is', defects: [], answers: undefined } as const;

/** Opens the files with netCDF4, as they are stored, and with xarray, which must make no complaint. */
const READER = `
import sys, json, hashlib, numpy, netCDF4, xarray
out = {}
for path in sys.argv[1:]:
    with netCDF4.Dataset(path) as dataset:
        dataset.set_auto_maskandscale(False)
        dataset.set_auto_chartostring(False)
        variables = {}
        for name, variable in dataset.variables.items():
            values = variable[:]
            if variable.dtype is str: raw = '\\n'.join(values).encode()
            elif variable.dtype.kind == 'S': raw = numpy.ma.getdata(values).tobytes()
            else: raw = numpy.ascontiguousarray(values).tobytes()
            variables[name] = dict(sha256=hashlib.sha256(raw).hexdigest(), dimensions=list(variable.dimensions), level=variable.filters().get('complevel'),
                                   fill=repr(variable.getncattr('_FillValue')) if '_FillValue' in variable.ncattrs() else None)
        out[path] = dict(isUnlimited=dataset.dimensions['obs'].isunlimited(), rows=len(dataset.dimensions['obs']), variables=variables,
                         units=dataset.variables['time'].units, title=dataset.title)
    with xarray.open_dataset(path, decode_cf=True) as opened:
        opened.load()
print(json.dumps(out))
`;

const readerSchema = z.record(
  z.string(),
  z.object({
    isUnlimited: z.boolean(),
    rows: z.int(),
    units: z.string(),
    title: z.string(),
    variables: z.record(
      z.string(),
      z.object({ sha256: z.string(), dimensions: z.array(z.string()), level: z.int().nullish(), fill: z.string().nullable() }),
    ),
  }),
);

/** Values of a variable that every stream has some of, at the given times. */
function corrected({ time, columns }: ExpectedSeries, times: Float64Array): readonly unknown[] {
  const name = [...columns.keys()].find((one) => /^(temperature|elapsed_run_time|aux_fitting)$/.test(one)) ?? '';
  return [...times].map((one) => columns.get(name)?.values[time.indexOf(one)]);
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

describe('a generated series', async () => {
  const python = await foreignPython();
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landfall-ooi-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is written as NetCDF files that netCDF4 and xarray read as the generator says', {
    skip: python.isThere ? false : python.why,
  }, async () => {
    const world = generatedWorld(SERIES_DEFAULTS);
    const nowMs = clockAt(SERIES_DEFAULTS, 26);
    const expected = new Map<string, Map<string, string>>();
    for (const stream of world.streams.values()) {
      const ask = { table: stream.table, begin: null, end: null, query: {} };
      const { request } = world.accept(ask, { ...NONE, defects: [{ file: 0, kind: 'empty' }] }, nowMs);
      const plans = filesOf(SERIES_DEFAULTS, stream, request);
      const chosen = [plans[0], plans[1], plans.at(-1)].flatMap((plan) => plan ?? []);
      for (const plan of chosen) {
        const path = join(folder, plan.name);
        const bytes = world
          .directory(request.directory)
          ?.files.find(({ name }) => name === plan.name)
          ?.bytes();
        await writeFile(path, bytes ?? '');
        const source = { streamKey: stream.key, deployment: plan.deployment };
        const cells = plan.columns.map((column): [string, string] => {
          if (!isText(column)) return [column.name, sha256(new Uint8Array(numbers(column, source, plan.rows).buffer))];
          const { form } = column;
          const all = texts(column, source, plan.rows);
          return [column.name, sha256(form.kind === 'string' ? all.join('\n') : all.map((text) => text.padEnd(form.width, '\0')).join(''))];
        });
        expected.set(path, new Map(cells));
      }
    }

    const found = readerSchema.parse(JSON.parse(python.isThere ? await python.run(READER, ...expected.keys()) : '{}'));

    assert.equal(expected.size, 9);
    for (const [path, columns] of expected) {
      const file = found[path];
      assert.deepEqual([file?.isUnlimited, file?.units], [true, 'seconds since 1900-01-01 0:0:0'], path);
      const names = new Set(['obs', 'wavelength']);
      const read = Object.entries(file?.variables ?? {}).filter(([name]) => !names.has(name));
      assert.deepEqual(
        read.map(([name, { sha256: digest }]): [string, string] => [name, digest]).toSorted(),
        [...columns].toSorted(),
        path,
      );
      assert.ok(read.every(([, { level, dimensions }]) => (level === 1 || level === 0) && dimensions[0] === 'obs'));
    }
    const empty = Object.values(found).filter(({ rows }) => rows === 0);
    assert.equal(empty.length, 3);
  });

  it('is read by the project as the generator says', async () => {
    const world = generatedWorld(SERIES_DEFAULTS);
    const hdf5 = createHdf5Pool();
    for (const stream of world.streams.values()) {
      const ask = { table: stream.table, begin: null, end: null, query: {} };
      const { request } = world.accept(ask, NONE, clockAt(SERIES_DEFAULTS, 14));
      const plan = filesOf(SERIES_DEFAULTS, stream, request).at(-1);
      const bytes = world
        .directory(request.directory)
        ?.files.find(({ name }) => name === plan?.name)
        ?.bytes();
      if (plan === undefined || bytes === undefined || bytes === null) throw new Error('there is no file');
      const file = await openNetcdf(plan.name, { bytes, hdf5 });
      const source = { streamKey: stream.key, deployment: plan.deployment };
      const found = await file.read(plan.columns.map(({ name }) => ({ name })));
      const told = plan.columns.map((column) => {
        if (!isText(column)) return numbers(column, source, plan.rows);
        const { form } = column;
        const all = texts(column, source, plan.rows);
        return form.kind === 'string' ? all : new Uint8Array(Buffer.from(all.map((text) => text.padEnd(form.width, '\0')).join('')));
      });
      assert.deepEqual(found, told);
      assert.equal(file.dimensions.get('obs')?.isUnlimited, true);
      assert.equal(file.attributes.get('id'), stream.table);
      await file.close();
    }
    await hdf5.close();
  });

  it('brings late and corrected rows in time for requests that go back two days every day', () => {
    const world = generatedWorld(SERIES_DEFAULTS);
    for (const { table } of world.streams.values()) {
      const begin = SERIES_DEFAULTS.beginMs * 1000;
      const accept = (days: number, from: number): AcceptedRequest =>
        world.accept({ table, begin: from, end: null, query: {} }, NONE, clockAt(SERIES_DEFAULTS, days)).request;
      const daily = [10, 11, 12, 13, 14, 15, 16].map((days) => accept(days, days === 10 ? begin : begin + (days - 3) * DAY_US));

      const first = world.expectedRows(table, daily.slice(0, 1));
      const appended = world.expectedRows(table, daily);
      const rebuilt = world.expectedRows(table, [accept(16, begin)]);

      const early = new Set(first.time);
      const late = [...appended.time].filter((time) => time < (first.time.at(-1) ?? 0) && !early.has(time));
      assert.ok(late.length > 0, `${table} has no late row`);
      assert.ok(appended.time.every((time, index) => index === 0 || time > (appended.time[index - 1] ?? 0)));
      assert.ok(rebuilt.rowsRead > rebuilt.rows && rebuilt.dropped > 0);
      assert.deepEqual(appended.columns, rebuilt.columns);
      const [before, after] = [first, appended].map((series) => corrected(series, first.time.slice(-90)));
      assert.notDeepEqual(before, after);
    }
  });

  it('costs no more with a thousand streams, and says the same again', () => {
    const options = { ...SERIES_DEFAULTS, streams: 1_000 };
    const world = generatedWorld(options);
    const tables = [...world.streams.keys()];
    assert.equal(new Set(tables).size, 1_000);
    const table = tables[777] ?? '';
    const ask = { table, begin: null, end: null, query: {} };
    const [one, other] = [world, generatedWorld(options)].map((each) => {
      const { request } = each.accept(ask, NONE, clockAt(options, 5));
      return each.directory(request.directory)?.files.map(({ name }) => name);
    });
    assert.ok((one?.length ?? 0) > 2);
    assert.deepEqual(one, other);
  });
});
