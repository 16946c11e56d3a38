import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { createHdf5Pool } from '../../../src/formats/netcdf/hdf5-pool.ts';
import { numbersOver } from '../../../src/formats/netcdf/hdf5-types.ts';
import { openNetcdf } from '../../../src/formats/netcdf/open.ts';
import { described, expectations, fixture, fixtureBytes } from './netcdf-fixtures.ts';

const hdf5 = createHdf5Pool();
after(() => hdf5.close());

const netcdf4 = expectations.filter(({ file }) => /netcdf4|hdf5/.test(file));

describe('NetCDF-4 files', () => {
  for (const { file, ...expected } of netcdf4) {
    test(`${file} reads as netCDF4-python reads it`, async () => {
      const opened = await openNetcdf(fixture(file), { hdf5 });

      const found = await described(opened);
      await opened.close();

      assert.deepEqual(found, expected);
    });

    test(`${file} reads the same from memory`, async () => {
      const opened = await openNetcdf('nowhere.nc', { hdf5, bytes: fixtureBytes(file) });

      const found = await described(opened);

      assert.deepEqual(found, expected);
    });
  }

  test('are read by turns, and of many a thread keeps a few open', async () => {
    const pool = createHdf5Pool();
    const [{ file, ...expected } = { file: '' }] = netcdf4;
    const all = await Promise.all(Array.from({ length: 20 }, () => openNetcdf(fixture(file), { hdf5: pool })));

    for (const opened of [...all, ...all.toReversed()]) assert.deepEqual(await described(opened), expected);

    const open = readdirSync('/proc/self/fd').filter((descriptor) => leadsTo(`/proc/self/fd/${descriptor}`) === fixture(file));
    await pool.close();
    assert.equal(open.length, 8);
  });

  test('give texts of any length as bytes, and how long the longest is', async () => {
    const opened = await openNetcdf(fixture('netcdf4-special.nc'), { hdf5 });
    const names = [...opened.variables.values()].flatMap(({ type, name }) => (type === 'string' ? [name] : []));
    assert.ok(names.length > 0);

    for (const name of names) {
      const [asTexts = []] = await opened.read([{ name }]);
      const texts = [...asTexts].map((text) => Buffer.from(String(text)));
      const longest = Math.max(...texts.map(({ byteLength }) => byteLength));
      const length = longest + 1;
      const found = await opened.read([
        { name, texts: { kind: 'longest' } },
        { name, texts: { kind: 'bytes', length } },
      ]);
      const padded = Buffer.concat(texts.map((text) => Buffer.concat([text, Buffer.alloc(length - text.byteLength)])));
      assert.deepEqual(found, [Uint32Array.of(longest), new Uint8Array(padded)]);
    }
  });
});

test('a dataset of HDF5 without a shape, of which nothing could be read but what is in memory by chance, is no variable', async () => {
  const pool = createHdf5Pool();

  const file = await openNetcdf(fixture('no-values.nc'), { hdf5: pool });

  assert.deepEqual([...file.variables.keys()], ['two']);
  await pool.close();
});

describe('numbers of a NetCDF-4 file', () => {
  for (const { file } of netcdf4) {
    test(`of ${file} are put where they are wanted, and nowhere else`, async () => {
      const opened = await openNetcdf(fixture(file), { hdf5 });
      for (const [name, { type }] of opened.variables) {
        if (type === 'string') continue;
        const [plain] = await opened.read([{ name }]);
        assert.ok(plain !== undefined && 'buffer' in plain);
        const room = new SharedArrayBuffer(plain.byteLength + 16);
        const around = new Uint8Array(room).fill(0xaa);
        const into = numbersOver(type, room, 8, plain.length);

        const [found] = await opened.read([{ name, into }]);

        assert.equal(found, into);
        assert.deepEqual(Buffer.from(around.slice(8, -8)), Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength));
        assert.ok([...around.slice(0, 8), ...around.slice(-8)].every((byte) => byte === 0xaa));
      }
    });
  }

  test('come in memory of their own where the room is not shared', async () => {
    const [{ file } = { file: '' }] = netcdf4;
    const opened = await openNetcdf(fixture(file), { hdf5 });
    const [name = ''] = [...opened.variables].find(([, { type }]) => type !== 'string') ?? [];
    const [plain] = await opened.read([{ name }]);
    assert.ok(plain !== undefined && 'buffer' in plain);

    const [found] = await opened.read([{ name, into: new Uint8Array(plain.byteLength) }]);

    assert.deepEqual(found, plain);
  });
});

function leadsTo(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null; // closed meanwhile
  }
}
