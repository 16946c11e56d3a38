import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { createHdf5Pool } from '../../../src/formats/netcdf/hdf5-pool.ts';
import type { Values } from '../../../src/formats/zarr/values.ts';
import { type OpenSeriesInput, openSeriesInput, type SeriesInputOptions } from '../../../src/ooi/files/input.ts';
import { mergeSources } from '../../../src/ooi/files/merge.ts';
import { SECONDS_1900, type WrittenVariable, writeSeriesFile } from '../../helpers/series-files.ts';

const TABLE = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';
const nameOf = (deployment: number): string => `deployment000${deployment}_${TABLE}_20240101T000000-20240102T000000.nc`;
const time = (...data: readonly number[]): WrittenVariable => ({ data: Float64Array.from(data), attributes: SECONDS_1900 });

describe('the files of one request', async () => {
  const root = await mkdtemp(join(tmpdir(), 'landfall-input-'));
  const hdf5 = createHdf5Pool();
  after(async () => {
    await hdf5.close();
    await rm(root, { recursive: true });
  });

  let folder = root;
  beforeEach(async () => {
    folder = await mkdtemp(join(root, 'request-'));
  });
  const write = (deployment: number, variables: Readonly<Record<string, WrittenVariable>>): Promise<void> =>
    writeSeriesFile(join(folder, nameOf(deployment)), variables);

  const open = (options: Partial<SeriesInputOptions> = {}): Promise<OpenSeriesInput> => {
    const request = { id: 'r', kind: 'append' as const, requestedAt: '2024-01-03T00:00:00Z', begin: '', end: '' };
    return openSeriesInput({ request, table: TABLE, files: folder, hdf5, scratch: root, ...options });
  };

  async function everything(input: OpenSeriesInput): Promise<Readonly<Record<string, readonly unknown[]>>> {
    const windows = await Array.fromAsync(mergeSources(input.sources, { windowRows: 1000 }));
    const entries = input.plan.columns
      .filter(({ isOnTime }) => isOnTime)
      .map(async (column) => {
        const parts: Values[] = [];
        for (const window of windows) parts.push(await window.values(column, 0, window.rows));
        const text = column.type.startsWith('|S');
        return [
          column.name,
          text
            ? [parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString()).join('')]
            : parts.flatMap((part) => [...part]),
        ];
      });
    const values = await Promise.all(entries);
    await input.close();
    return Object.fromEntries(values);
  }

  const reasons = ({ files }: OpenSeriesInput): readonly string[] => files.map((file) => (file.state === 'read' ? 'read' : file.reason));

  it('are left out with a reason each, and never silently', async () => {
    await write(1, { time: time(1, 2) });
    await writeFile(join(folder, nameOf(2)), '<html>maintenance</html>');
    await writeFile(join(folder, nameOf(3)), '');
    await write(4, { time: time(Number.NaN, Number.POSITIVE_INFINITY) });
    await write(5, { seconds: time(1, 2) });
    await write(6, { time: { data: Float64Array.of(1, 2), attributes: { units: 'months since 1900-01-01' } } });
    await write(7, { time: { data: Float64Array.of(1, 2) } });
    await write(8, { time: time(1, 2), '..': { data: Float64Array.of(1, 2) } });
    await write(9, { time: { data: Float64Array.of(1, 2), attributes: { ...SECONDS_1900, calendar: '360_day' } } });
    const named = Array.from({ length: 10 }, (_, i) => ({ name: nameOf(i), path: join(folder, nameOf(i)) }));

    const input = await open({ files: [...named, { name: 'notes.txt', path: '/' }] });

    await input.close();
    assert.deepEqual(reasons(input), [
      'missing',
      'read',
      'unreadable',
      'unreadable',
      'empty',
      'no_time',
      'bad_time_units',
      'bad_time_units',
      'unfit',
      'bad_time_units',
    ]);
    for (const file of input.files) if (file.state === 'left_out') assert.match(file.message, /^deployment000\d.*\.nc is left out\. /);
  });

  it('that have text where others have numbers are unfit, by the order of files and by what a store knows', async () => {
    const text = { data: ['a', 'b'] };
    await write(1, { time: time(1, 2), frame_type: text });
    await write(2, { time: time(3, 4), frame_type: { data: Float32Array.of(1, 2) } });
    const input = await open();
    await input.close();
    await rm(join(folder, nameOf(1)));
    const again = await open({ known: input.notes });
    await again.close();

    assert.deepEqual([reasons(input), reasons(again)], [['read', 'unfit'], ['unfit']]);
  });

  it('have their times as seconds since 1900, rounded to microseconds, and say so', async () => {
    const attributes = {
      units: 'seconds since 2016-09-28 09:59:46.935698032',
      calendar: 'proleptic_gregorian',
      _FillValue: Float64Array.of(7),
    };
    await write(1, { time: { data: Float64Array.of(0, 0.5, 7), attributes } });

    const input = await open();

    assert.deepEqual(input.plan.columns[0]?.attributes, SECONDS_1900);
    assert.deepEqual((await everything(input)).time, [3_684_045_586.935698, 3_684_045_587.435698]);
  });

  it('lose rows whose times no year between 1 and 9999 has', async () => {
    await write(1, { time: time(1, 9.969209968386869e36, -1e12, 1e300, 2), x: { data: Int32Array.of(1, 2, 3, 4, 5) } });

    const input = await open();

    assert.equal(input.files[0]?.state === 'read' ? input.files[0].dropped : 0, 3);
    assert.deepEqual((await everything(input)).x, [1, 5]);
  });

  it('whose dimensions together are more than any row has are unfit', async () => {
    await write(1, { time: time(1, 2), w: { data: new Float32Array(8000), shape: [2, 4000, 1] } });
    await write(2, { time: time(3, 4), w: { data: new Float32Array(8000), shape: [2, 1, 4000] } });

    const input = await open();
    await input.close();

    assert.deepEqual(reasons(input), ['read', 'unfit']);
    assert.match(input.files[1]?.state === 'left_out' ? input.files[1].message : '', /one row of w would have more than/);
  });

  it('out of order, repeated and interleaved give rows in order, the later one of each time', async () => {
    const numbered = (...data: readonly number[]) => ({ data: Int32Array.from(data) });
    await write(1, { time: time(5, 6, 1, 2, 2, Number.NaN, 3), x: numbered(15, 16, 11, 12, 22, 0, 13) });
    await write(2, { time: time(2.5, 3, 9), x: numbered(125, 23, 19) });

    const { time: times, x } = await everything(await open());

    assert.deepEqual(times, [1, 2, 2.5, 3, 5, 6, 9]);
    assert.deepEqual(x, [11, 22, 125, 23, 15, 16, 19]);
  });

  it('in no order at all are sorted through a copy', async () => {
    const at = Array.from({ length: 6000 }, (_, i) => (i * 1009) % 5999);
    const wide = Int16Array.from(at.flatMap((each) => [each, 6000 - each]));
    await write(1, { time: time(...at), x: { data: Int32Array.from(at.keys()) }, w: { data: wide, shape: [6000, 2] } });

    const input = await open();
    const { time: times, x, w } = await everything(input);

    assert.equal(input.sources.length, 1);
    assert.deepEqual(
      times,
      Array.from({ length: 5999 }, (_, i) => i),
    );
    assert.deepEqual(
      x,
      times?.map((each) => at.lastIndexOf(Number(each))),
    );
    assert.deepEqual(
      w,
      times?.flatMap((each) => [each, 6000 - Number(each)]),
    );
  });

  it('give values of one type, one fill and one shape', async () => {
    const fill = (value: Float32Array | Float64Array) => ({ _FillValue: value });
    await write(1, {
      time: time(1, 2),
      t: { data: Float32Array.of(1.5, -9999), attributes: fill(Float32Array.of(-9999)) },
      n: { data: Uint8Array.of(1, 255) },
      w: { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3], attributes: fill(Float32Array.of(-1)) },
      x_qartod_results: { data: Uint8Array.of(1, 1) },
      x_qartod_executed: { data: ['1', ''], attributes: { tests_executed: 'gross' } },
      frame_type: { data: [...'SLBe\0\0'], shape: [2, 3], type: 'S1', attributes: { _FillValue: 'e' } },
    });
    await write(2, {
      time: time(3, 4),
      t: { data: Float64Array.of(Number.NaN, 2.5), attributes: fill(Float64Array.of(Number.NaN)) },
      n: { data: Int16Array.of(-1, 7) },
      w: { data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape: [2, 4] },
      x_qartod_executed: { data: ['34', '3'], attributes: { tests_executed: 'gross, climatology' } },
      frame_type_name: { data: ['DARK', 'é'] },
    });

    const input = await open();
    const values = await everything(input);

    assert.deepEqual(values.t, [1.5, Number.NaN, Number.NaN, 2.5]);
    assert.deepEqual(values.n, [1, 255, -1, 7]);
    assert.deepEqual(values.w, [1, 2, 3, -1, 4, 5, 6, -1, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual(values.x_qartod_results, [1, 1, 9, 9]);
    assert.deepEqual(values.x_qartod_executed, ['19993439']);
    assert.deepEqual(values.frame_type_name, [`${'\0'.repeat(8)}DARKé\0\0`]);
    assert.deepEqual(values.frame_type, [`SLB${'\0'.repeat(9)}`]);
  });
});
