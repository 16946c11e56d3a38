import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createHdf5Pool } from '../../../src/formats/netcdf/hdf5-pool.ts';
import { openSeriesInput } from '../../../src/ooi/files/input.ts';
import { openSeriesStore } from '../../../src/ooi/store/series-store.ts';
import { openDisk } from '../../../src/stores/objects/disk.ts';
import { free } from '../../helpers/series-cases.ts';
import { SECONDS_1900, writeSeriesFile } from '../../helpers/series-files.ts';

const TABLE = 'CE02SHBP-LJ01D-06-CTDBPN106-streamed-ctdbp_no_sample';
const ROWS = 300_000;
const WIDE = 20;

/** Processor time that this thread takes between two turns of its event loop at most, in ms: what other processes take does not count. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  const used = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let [last, longest] = [used(), 0];
  const turn = (): void => {
    const now = used();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const ticking = setInterval(turn, 1);
  await work();
  clearInterval(ticking);
  turn();
  return longest;
}

describe('a conversion of large files', () => {
  for (const [what, times] of [
    ['in order', (row: number) => 3_900_000_000 + row],
    ['in no order at all', (row: number) => 3_900_000_000 + ((row * 7919) % ROWS)],
  ] as const)
    it(`${what} leaves the event loop free, so that heartbeats are no later than a second`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'landfall-loop-'));
      const hdf5 = createHdf5Pool();
      await writeSeriesFile(join(folder, `deployment0001_${TABLE}_20240101T000000-20240102T000000.nc`), {
        time: { data: Float64Array.from({ length: ROWS }, (_, row) => times(row)), attributes: SECONDS_1900 },
        temperature: { data: Float32Array.from({ length: ROWS }, (_, row) => Math.round(row / 7) / 8) },
        absorption: { data: new Float32Array(ROWS * WIDE).map((_, at) => Math.sin(at)), shape: [ROWS, WIDE] },
        temperature_qartod_executed: { data: Array.from({ length: ROWS }, (_, row) => (row % 3 === 0 ? '11' : '14')) },
      });
      const objects = await openDisk({ folder });
      const store = openSeriesStore({ objects, disk: { folder }, table: 'T', publish: 'link', codec: 'zstd' });

      const longest = await longestTurn(async () => {
        const request = { id: 'r', kind: 'refresh' as const, requestedAt: '2024-01-03T00:00:00Z', begin: '', end: '' };
        const input = await openSeriesInput({ request, table: TABLE, files: folder, hdf5, scratch: folder });
        await store.build({ id: 'g1', inputs: [input] }, free);
        await store.publish('g1', free);
        await input.close();
      });

      assert.equal((await store.live())?.state.length, ROWS);
      assert.ok(longest < 1000, `${longest} ms in one turn`);
      await hdf5.close();
      await rm(folder, { recursive: true });
    });
});
