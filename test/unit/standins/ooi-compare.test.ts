import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDataType } from '../../../src/formats/zarr/data-type.ts';
import { newArray } from '../../../src/formats/zarr/new-array.ts';
import { rawBytes, valuesOver } from '../../../src/formats/zarr/values.ts';
import { compareSeries } from '../../../standins/ooi/compare.ts';
import type { ExpectedSeries } from '../../../standins/ooi/series/expected.ts';
import { generatedWorld } from '../../../standins/ooi/series/facility-world.ts';
import { clockAt, SERIES_DEFAULTS } from '../../../standins/ooi/series/options.ts';
import { memoryStore } from '../../helpers/zarr-stores.ts';
import { writeStore } from '../../helpers/zarr-written.ts';

const world = generatedWorld({ ...SERIES_DEFAULTS, deploymentDays: 1 });
const [, table = ''] = world.streams.keys();

function expectedOf(days: number): ExpectedSeries {
  const fate = { outcome: 'as_it_is', defects: [], answers: undefined } as const;
  const { request } = world.accept({ table, begin: null, end: null, query: {} }, fate, clockAt(world.options, days));
  return world.expectedRows(table, [request]);
}

/** A store as it must be, but for what `spoil` does to the bytes of its arrays. */
async function storeOf({ columns }: ExpectedSeries, spoil: (bytes: Map<string, Uint8Array>) => void = () => undefined) {
  const bytes = new Map([...columns].map(([name, { values }]) => [name, new Uint8Array(rawBytes(values))]));
  spoil(bytes);
  const arrays = [...bytes].map(([name, own]) => {
    const { type = '<f8', inner = null, fill = null } = columns.get(name) ?? {};
    const dataType = parseDataType(name, type);
    const [width, dimension] = [inner?.size ?? 1, columns.get(name)?.isOnTime === false ? name : 'time'];
    const rows = own.length / dataType.bytes / width;
    const shape = inner === null ? [rows] : [rows, width];
    const dimensions = inner === null ? [dimension] : [dimension, inner.name];
    return { array: newArray({ name, type, shape, dimensions, fill, compressor: null }), values: valuesOver(dataType, own) };
  });
  const store = memoryStore();
  await writeStore(store, arrays);
  return store;
}

describe('the comparison of a store with what the facility says it must hold', () => {
  const expected = expectedOf(3);

  it('finds nothing in a store that holds just that, and counts what it looked at', async () => {
    const { different, rows, variables, values } = await compareSeries(expected, await storeOf(expected));

    assert.deepEqual(different, []);
    assert.deepEqual([rows, variables], [expected.rows, expected.columns.size]);
    assert.ok(values > rows * 10);
  });

  it('finds one bit of one value, and says where', async () => {
    const store = await storeOf(expected, (bytes) => void bytes.get('elapsed_run_time')?.fill(1, 4 * 17, 4 * 17 + 1));

    const { different } = await compareSeries(expected, store);

    assert.equal(different.length, 1);
    assert.match(different[0] ?? '', /^elapsed_run_time: 1 rows are wrong, first value 0 of row 17: expected [0-9a-f]{8}, found 01/);
  });

  it('finds an array that is not there, and one that nobody expects', async () => {
    const store = await storeOf(expected, (bytes) => {
      bytes.set('stray', bytes.get('depth') ?? new Uint8Array());
      bytes.delete('depth');
    });

    const { different } = await compareSeries(expected, store);

    assert.deepEqual(different, ['stray: nobody expects it.', 'depth: it is not there.']);
  });

  it('finds that rows are missing, in every array on time', async () => {
    const { different } = await compareSeries(expected, await storeOf(expectedOf(2)));

    const onTime = [...expected.columns].filter(([, { isOnTime }]) => isOnTime);
    assert.equal(different.filter((line) => /expected .* found /.test(line)).length, Math.min(20, onTime.length));
    assert.match(different.join('\n'), /^time: expected <f8 of \d+, found <f8 of \d+\.$/m);
  });
});
