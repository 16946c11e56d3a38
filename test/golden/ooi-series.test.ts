import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createHdf5Pool } from '../../src/formats/netcdf/hdf5-pool.ts';
import { parseDataType } from '../../src/formats/zarr/data-type.ts';
import { fillJson } from '../../src/formats/zarr/fill.ts';
import { openStore } from '../../src/formats/zarr/open.ts';
import { rawBytes, type Values } from '../../src/formats/zarr/values.ts';
import { roomForRows } from '../../src/ooi/files/convert.ts';
import { type OpenSeriesInput, openSeriesInput } from '../../src/ooi/files/input.ts';
import { joinNotes } from '../../src/ooi/files/join.ts';
import { mergeSources } from '../../src/ooi/files/merge.ts';
import { NO_NOTES } from '../../src/ooi/files/notes.ts';
import { coordinateValues, planOf } from '../../src/ooi/files/plan.ts';
import { compareBytes } from '../../src/ooi/order.ts';
import type { ColumnPlan, SeriesWindow } from '../../src/ooi/series.ts';
import { folderStore } from '../helpers/zarr-stores.ts';
import {
  type GoldenSeries,
  goldenSeries,
  isOoiDataThere,
  OOI_DATA,
  readGoldenContent,
  requestFolder,
  WITHOUT_OOI_DATA,
} from './ooi-data.ts';

/** Every NaN counts as the standard one. */
function digest(values: Values): string {
  if (values instanceof Float32Array || values instanceof Float64Array) {
    for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = Number.NaN;
  }
  return createHash('sha256').update(rawBytes(values)).digest('hex');
}

async function whole(windows: readonly SeriesWindow[], column: ColumnPlan): Promise<Uint8Array> {
  const parts = await Promise.all(windows.map(async (window) => rawBytes(await window.values(column, 0, window.rows))));
  return Buffer.concat(parts);
}

describe('the files of OOI requests', { skip: !isOoiDataThere && WITHOUT_OOI_DATA }, async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'landfall-series-'));
  const hdf5 = createHdf5Pool();
  after(async () => {
    await hdf5.close();
    await rm(scratch, { recursive: true });
  });

  const open = (golden: GoldenSeries, request: string): Promise<OpenSeriesInput> => {
    const ref = { id: request, kind: 'append' as const, requestedAt: request.slice(0, 18), begin: '', end: '' };
    return openSeriesInput({ request: ref, table: golden.table, files: requestFolder(request), hdf5, scratch });
  };

  it('that real servers made are coped with', async () => {
    const table = goldenSeries()[0]?.table ?? '';
    const expected = {
      adcp: [100, 3_684_045_586.935698],
      parad: [2608, 3_773_651_904.06424],
      nutnr: [53, 3_635_733_621.45],
      velpt: [12, 3_639_427_200],
    };
    for (const [word, [rows, first]] of Object.entries(expected)) {
      const path = join(OOI_DATA, globSync(`real/*${word}*.nc`, { cwd: OOI_DATA })[0] ?? '');
      const files = [{ name: `deployment0001_${table}_20240101T000000-20240102T000000.nc`, path }];
      const request = { id: 'r', kind: 'append' as const, requestedAt: '', begin: '', end: '' };
      const input = await openSeriesInput({ request, table, files, hdf5, scratch });

      const windows = await Array.fromAsync(mergeSources(input.sources));

      for (const column of input.plan.columns) if (column.isOnTime) await whole(windows, column);
      await input.close();
      assert.deepEqual([windows[0]?.rows, windows[0]?.times[0]], [rows, first], word);
    }
  });

  for (const golden of goldenSeries().filter(({ folder }) => existsSync(folder))) {
    it(`${golden.table}/${golden.name} has the attributes of its files`, async () => {
      const inputs = await Promise.all(golden.requests.map((request) => open(golden, request)));
      const expected = await openStore(folderStore(golden.folder));

      const plan = planOf(inputs.map(({ notes }) => notes).reduce(joinNotes, NO_NOTES));

      await Promise.all(inputs.map((input) => input.close()));
      const { time_coverage_start, time_coverage_end, ...attributes } = expected.attributes;
      assert.ok(time_coverage_start && time_coverage_end);
      assert.deepEqual(plan.attributes, attributes);
      for (const column of plan.columns) {
        const { _ARRAY_DIMENSIONS, ...theirs } = expected.arrays.get(column.name)?.attributes ?? {};
        assert.deepEqual(column.attributes, theirs, column.name);
      }
    });
  }

  for (const golden of goldenSeries()) {
    const content = readGoldenContent(golden);
    for (const requests of ordersOf(golden.requests)) {
      it(`${golden.table}/${golden.name} comes out of ${requests.map((id) => id.slice(0, 8)).join(', ')} value for value`, async () => {
        const inputs = await Promise.all(requests.map((request) => open(golden, request)));
        try {
          const plan = planOf(inputs.map(({ notes }) => notes).reduce(joinNotes, NO_NOTES));
          const sources = inputs.flatMap((input) => input.sources);
          const windows = await Array.fromAsync(mergeSources(sources, { windowRows: 700 }));

          const found = await Promise.all(
            plan.columns.map(async (column) => {
              const type = parseDataType(column.name, column.type);
              const values = column.isOnTime
                ? valuesOf(column, await whole(windows, column), content.observations)
                : coordinateValues(column);
              const dims = [...(column.isOnTime ? ['time'] : []), ...column.inner.map(({ name }) => name)];
              return [column.name, { dtype: column.type, dims, fill_value: fillJson(type, column.fill), sha256: digest(values) }];
            }),
          );
          const expected = Object.entries(content.variables).map(([name, { dtype, dims, fill_value, sha256 }]) => [
            name,
            { dtype, dims, fill_value, sha256 },
          ]);
          assert.deepEqual(Object.fromEntries(found), Object.fromEntries(expected));
          assert.deepEqual(inputs.toSorted((a, b) => compareBytes(a.request.id, b.request.id)).flatMap(reported), content.files);
          assert.equal(
            windows.reduce((sum, { rows }) => sum + rows, 0),
            content.observations,
          );
        } finally {
          await Promise.all(inputs.map((input) => input.close()));
        }
      });
    }
  }
});

/** As the expected content tells it. */
const reported = ({ request, files }: OpenSeriesInput): readonly object[] =>
  files.map((report) => {
    const { name, deployment } = report.file;
    const common = { request: request.id, name, deployment };
    return report.state === 'read'
      ? { ...common, rows: report.rows, dropped_no_time: report.dropped }
      : { ...common, skipped: report.reason };
  });

function valuesOf(column: ColumnPlan, bytes: Uint8Array, rows: number): Values {
  const values = roomForRows(column, rows);
  rawBytes(values).set(bytes);
  return values;
}

function ordersOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length < 2) return [all];
  return all.flatMap((one) => ordersOf(all.filter((other) => other !== one)).map((rest) => [one, ...rest]));
}
