import assert from 'node:assert/strict';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Failure } from '../../../src/errors.ts';
import { openNetcdf } from '../../../src/formats/netcdf/open.ts';
import { fixtureBytes } from './netcdf-fixtures.ts';

/**
 * ragged-records.nc: 4 number of records, 8 dimensions (16 name, 28 length), 32 global attributes, 40 variables;
 * a: 48 name, 56 dimensions, 64 attributes, 72 type, 76 size, 80 offset; b: 84 name, …, 116 offset; 120 three records of 8 bytes.
 */
const RAGGED = 'ragged-records.nc';

/** one-short-record-variable-cdf5.nc: 4 number of records, 12 dimensions (24 name), … */
const CDF5 = 'one-short-record-variable-cdf5.nc';

function patched(name: string, ...patches: readonly (readonly [at: number, bytes: string])[]): Uint8Array {
  const bytes = fixtureBytes(name).slice();
  for (const [at, hex] of patches) bytes.set(Buffer.from(hex.replaceAll(' ', ''), 'hex'), at);
  return bytes;
}

const refusal =
  (offset: number, what: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof Failure);
    assert.equal(error.kind, 'stop');
    assert.equal(error.code, 'unreadable_file');
    assert.match(error.message, /^some\/float\.nc cannot be read as NetCDF: /);
    assert.match(error.message, what);
    assert.match(error.message, new RegExp(` at byte ${offset}\\.`));
    return true;
  };

const damages: readonly (readonly [about: string, bytes: Uint8Array, offset: number, what: RegExp])[] = [
  ['an empty file', new Uint8Array(0), 0, /it is empty/],
  ['a web page', Buffer.from('<html><body>404'), 0, /no NetCDF container/],
  ['an unknown version', patched(RAGGED, [3, '03']), 0, /no NetCDF container/],
  [
    'a header cut off in its magic number',
    fixtureBytes(RAGGED).subarray(0, 6),
    4,
    /number of records goes past the end of the file \(6 bytes\)/,
  ],
  ['a header cut off in a name', fixtureBytes(RAGGED).subarray(0, 50), 48, /name of a variable goes past the end/],
  ['a negative number of records', patched(RAGGED, [4, '80000000']), 4, /number of records is negative \(-2147483648\)/],
  ['2^31 - 1 records', patched(RAGGED, [4, '7fffffff']), 120, /values of a .* go past the end of the file \(144 bytes\)/],
  ['one record more than there is', patched(RAGGED, [4, '00000004']), 120, /values of a \(25 bytes\) go past the end/],
  ['2^31 - 1 dimensions', patched(RAGGED, [12, '7fffffff']), 8, /announces 2147483647 dimensions/],
  ['more dimensions than there are', patched(RAGGED, [12, '00000003']), 32, /name of a dimension is empty/],
  ['a name of 2^31 - 1 bytes', patched(RAGGED, [16, '7fffffff']), 20, /name of a dimension goes past the end/],
  ['a negative length of a dimension', patched(RAGGED, [28, 'ffffffff']), 28, /length of a dimension is negative/],
  ['a list with a wrong tag', patched(RAGGED, [8, '0000000d']), 8, /list of dimensions begins with the tag 13/],
  ['2^31 - 1 attributes', patched(RAGGED, [32, '0000000c 7fffffff']), 64, /name of an attribute is empty/],
  ['more variables than there are', patched(RAGGED, [44, '00000003']), 124, /goes past the end/],
  ['two variables of one name', patched(RAGGED, [88, '61']), 84, /variable a is declared twice/],
  ['2^31 - 1 dimensions of a variable', patched(RAGGED, [56, '7fffffff']), 56, /a has 2147483647 dimensions/],
  ['a dimension number out of range', patched(RAGGED, [60, '00000001']), 60, /uses dimension number 1; there are 1/],
  ['a type that no format has', patched(RAGGED, [72, '00000063']), 72, /a has the type number 99/],
  ['a type of CDF-5 in a classic file', patched(RAGGED, [72, '00000007']), 72, /a has the type number 7/],
  ['an offset past the end', patched(RAGGED, [116, '7ffffffc']), 2147483644, /values of b .* go past the end/],
  ['a negative offset', patched(RAGGED, [80, '80000078']), 80, /a is negative/],
  ['values inside the header', patched(RAGGED, [80, '0000003c']), 60, /values of a begin inside other data/],
  ['two variables in the same bytes', patched(RAGGED, [116, '00000078']), 120, /values of b begin inside other data/],
  ['a record that reaches into the next', patched(RAGGED, [4, '00000002'], [116, '00000080']), 128, /one record reach into the next/],
  ['values cut short by one byte more than the padding', fixtureBytes(RAGGED).subarray(0, 141), 124, /values of b .* go past the end/],
  ['a CDF-5 count below zero', patched(CDF5, [4, '8000000000000000']), 4, /number of records is negative/],
  ['a CDF-5 count beyond any file', patched(CDF5, [4, '0020000000000000']), 4, /number of records is larger than any file/],
  ['a CDF-5 name of 2^53 - 1 bytes', patched(CDF5, [24, '001fffffffffffff']), 32, /name of a dimension goes past the end/],
  ['a CDF-5 dimension of 2^53 - 1', patched(CDF5, [60, '001fffffffffffff']), 92, /only is larger than any file/],
];

describe('damaged classic files', () => {
  for (const [about, bytes, offset, what] of damages) {
    test(`${about}: the failure names the file and byte ${offset}`, async () => {
      const opening = openNetcdf('some/float.nc', { bytes });

      await assert.rejects(opening, refusal(offset, what));
    });
  }

  test('a second unlimited dimension is refused', async () => {
    // CDF-5: the dimension x (name at 48) made as long as the unlimited one.
    const bytes = patched(CDF5, [60, '0000000000000000']);

    await assert.rejects(openNetcdf('some/float.nc', { bytes }), refusal(48, /record and x are both unlimited/));
  });

  test('the size that a header states for a variable is not believed', async () => {
    const file = await openNetcdf('some/float.nc', { bytes: patched(RAGGED, [76, '7ffffffc'], [112, '00000000']) });

    const values = await file.read([{ name: 'a' }, { name: 'b' }]);

    assert.deepEqual(values, [Int8Array.of(1, 2, 3), Int16Array.of(10, 20, 30)]);
  });

  test('a header longer than the bound is refused before more of it is fetched', async () => {
    const opening = openNetcdf('some/float.nc', { bytes: fixtureBytes('classic.nc'), limits: { headerBytes: 512 } });

    await assert.rejects(opening, refusal(512, /header is longer than 512 bytes/));
  });

  test('a reading of more bytes than the bound is refused', async () => {
    const file = await openNetcdf('some/float.nc', { bytes: fixtureBytes('classic.nc'), limits: { readBytes: 1000 } });

    const reading = file.read([{ name: 'many_f4' }]);

    await assert.rejects(reading, /1200 bytes are asked for at once/);
  });

  test('a variable that is not there, or entries that are not there, are refused', async () => {
    const file = await openNetcdf('some/float.nc', { bytes: fixtureBytes(RAGGED) });

    await assert.rejects(file.read([{ name: 'c' }]), /has no variable c/);
    await assert.rejects(file.read([{ name: 'a', from: 2, count: 2 }]), /2 entries of a are asked for from 2 on/);
    await assert.rejects(file.read([{ name: 'a', from: -1 }]), /asked for from -1 on/);
    await assert.rejects(file.read([{ name: 'a', from: 0.5, count: 1 }]), /asked for from 0.5 on/);
  });
});

describe('files on disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-netcdf-'));
  after(() => rm(folder, { recursive: true, force: true }));

  test('one record of a million, and all of them, are gathered from a file read in place', async () => {
    const path = join(folder, 'million.nc');
    await writeFile(path, patched(RAGGED, [4, '000f4240']));
    const last = await open(path, 'r+');
    await last.write(Buffer.from('abcd', 'hex'), 0, 2, 124 + 8 * 999_999);
    await last.close();
    const file = await openNetcdf(path);

    const [one, all] = await file.read([{ name: 'b', from: 999_999 }, { name: 'b' }]);
    await file.close();

    assert.deepEqual(one, Int16Array.of(-0x5433));
    assert.equal(all?.length, 1_000_000);
    assert.deepEqual(all?.slice(0, 3), Int16Array.of(10, 20, 30));
    assert.equal(all?.at(-1), -0x5433);
  });

  test('a header longer than the first look is fetched in a second one', async () => {
    const path = join(folder, 'long-header.nc');
    const bytes = fixtureBytes(RAGGED);
    // One global attribute of 100,000 characters; the two offsets move behind it.
    const attribute = Buffer.concat([
      Buffer.from('0000000c 00000001 00000001 6e000000 00000002 000186a0'.replaceAll(' ', ''), 'hex'),
      Buffer.alloc(100_000, 'x'),
    ]);
    const shifted = Buffer.concat([bytes.subarray(0, 32), attribute, bytes.subarray(40)]);
    const added = shifted.length - bytes.length;
    shifted.writeUInt32BE(120 + added, 80 + added);
    shifted.writeUInt32BE(124 + added, 116 + added);
    await writeFile(path, shifted);
    const file = await openNetcdf(path);

    const [values] = await file.read([{ name: 'b' }]);
    await file.close();

    assert.equal(file.attributes.get('n'), 'x'.repeat(100_000));
    assert.deepEqual(values, Int16Array.of(10, 20, 30));
  });

  test('a file cut short after it was opened is unreadable where it ends', async () => {
    const path = join(folder, 'shrinking.nc');
    await writeFile(path, patched(RAGGED, [4, '000f4240']));
    const writer = await open(path, 'r+');
    await writer.truncate(8_000_120);
    const file = await openNetcdf(path);

    await writer.truncate(1_000_000);
    const reading = file.read([{ name: 'b', from: 999_999 }]);

    await assert.rejects(reading, /the file ends at byte 8000116/);
    await file.close();
    await writer.close();
  });

  test('a path that does not exist keeps its own error', async () => {
    const opening = openNetcdf(join(folder, 'nowhere.nc'));

    await assert.rejects(opening, { code: 'ENOENT' });
  });
});
