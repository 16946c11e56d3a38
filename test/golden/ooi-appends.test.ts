import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createHdf5Pool } from '../../src/formats/netcdf/hdf5-pool.ts';
import { dimensionsOf } from '../../src/formats/zarr/array.ts';
import { fillJson } from '../../src/formats/zarr/fill.ts';
import { readArray } from '../../src/formats/zarr/read.ts';
import { rawBytes, type Values } from '../../src/formats/zarr/values.ts';
import { type OpenSeriesInput, openSeriesInput } from '../../src/ooi/files/input.ts';
import { type Generation, openSeriesStore, type SeriesStore } from '../../src/ooi/store/series-store.ts';
import { memoryObjects } from '../helpers/memory-objects.ts';
import { free } from '../helpers/series-cases.ts';
import { type GoldenContent, goldenSeries, isOoiDataThere, readGoldenContent, requestFolder, WITHOUT_OOI_DATA } from './ooi-data.ts';

/** Every NaN counts as the standard one. */
function digest(values: Values): string {
  if (values instanceof Float32Array || values instanceof Float64Array) {
    for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = Number.NaN;
  }
  return createHash('sha256').update(rawBytes(values)).digest('hex');
}

const expectedOf = ({ variables, observations }: GoldenContent) =>
  Object.fromEntries(
    Object.entries(variables).map(([name, { dtype, dims, shape = [observations], fill_value, sha256 }]) => [
      name,
      { dtype, dims, shape, fill_value, sha256 },
    ]),
  );

async function foundIn({ group, chunks }: Generation) {
  const entries = [...group.arrays].map(async ([name, array]) => {
    const { type, shape, fill } = array;
    const sha256 = digest(await readArray(chunks, array));
    return [name, { dtype: type.name, dims: dimensionsOf(array), shape, fill_value: fillJson(type, fill), sha256 }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The first is built, the others are added as they come. */
async function harvested(store: SeriesStore, inputs: readonly OpenSeriesInput[]): Promise<readonly string[]> {
  const states: string[] = [];
  for (const [at, input] of inputs.entries()) {
    const id = `g${at}`;
    const state = at === 0 ? 'needs_generation' : (await store.append(input, free)).state;
    states.push(state);
    if (state !== 'needs_generation') continue;
    await (at === 0 ? store.build({ id, inputs: [input] }, free) : store.grow({ id, inputs: [input] }, free));
    await store.publish(id, free);
  }
  return states;
}

describe('stores that requests are appended to one by one', { skip: !isOoiDataThere && WITHOUT_OOI_DATA }, async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'landfall-appends-'));
  const hdf5 = createHdf5Pool();
  after(async () => {
    await hdf5.close();
    await rm(scratch, { recursive: true });
  });

  for (const golden of goldenSeries()) {
    const { requests, table, name } = golden;
    const orders =
      requests.length < 3
        ? [requests]
        : [requests, [...requests, ...requests], [requests[0], requests[2], requests[1]], requests.toReversed()];
    for (const order of orders) {
      const ids = order.flatMap((id) => id ?? []);
      it(`${table}/${name} comes out of ${ids.map((id) => id.slice(0, 8)).join(', ')} value for value`, async () => {
        const store = openSeriesStore({ objects: memoryObjects(), disk: null, table, publish: 'pointer', codec: 'zstd', windowRows: 100 });
        const inputs = await Promise.all(
          ids.map((id) => {
            const request = { id, kind: 'append' as const, requestedAt: id.slice(0, 18), begin: '', end: '' };
            return openSeriesInput({ request, table, files: requestFolder(id), hdf5, scratch });
          }),
        );

        await harvested(store, inputs).finally(() => Promise.all(inputs.map((input) => input.close())));

        const live = (await store.live()) ?? assert.fail('it is live');
        assert.deepEqual(await foundIn(live), expectedOf(readGoldenContent(golden)));
        assert.deepEqual((await store.validate(null)).problems, []);
      });
    }
  }
});
