import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openSeriesStore } from '../../../src/ooi/store/series-store.ts';
import type { ObjectStore } from '../../../src/stores/objects/contract.ts';
import { counted } from '../../../src/stores/objects/counted.ts';
import { memoryObjects } from '../../helpers/memory-objects.ts';
import { free, minutesFrom, rowsInput } from '../../helpers/series-cases.ts';

const CHUNK = 16;
/** Ends in the middle of a chunk, with a day that begins two days before the end. */
const [DAY, LOOK_BACK] = [4, 8];

/** What one day's append to a store of so many rows writes of each array, and its traffic. */
async function appendTo(rows: number) {
  const written: string[] = [];
  const plain = memoryObjects();
  const noted: ObjectStore = {
    ...plain,
    async put(key, body, options) {
      written.push(key);
      return await plain.put(key, body, options);
    },
  };
  const { store: objects, traffic } = counted(noted);
  const store = openSeriesStore({ objects, disk: null, table: 'T', publish: 'pointer', codec: 'zlib', windowRows: CHUNK });
  await store.build({ id: 'g1', inputs: [rowsInput({ id: 'whole', at: 0, minutes: minutesFrom(0, rows) })] }, free);
  await store.publish('g1', free);
  written.length = 0;
  const before = traffic();
  const day = rowsInput({ id: 'day', at: 1, minutes: minutesFrom(rows - LOOK_BACK, LOOK_BACK + DAY), plus: 0.5 });

  const { state, added } = await store.append(day, free);

  const after = traffic();
  assert.deepEqual([state, added], ['appended', DAY]);
  const chunks = (array: string) => new Set(written.filter((key) => new RegExp(`^T\\.generations/g1/${array}/\\d`).test(key)));
  return {
    chunks: ['time', 'temperature', 'spectra'].map((array) => chunks(array).size),
    gets: after.gets - before.gets,
    puts: after.puts - before.puts,
    bytes: after.writtenBytes + after.readBytes - before.writtenBytes - before.readBytes,
  };
}

describe('an append of a day', () => {
  it('costs the day and at most one rewritten chunk of each array, however long the store is', async () => {
    const [short, long] = [await appendTo(4 * CHUNK - 4), await appendTo(40 * CHUNK - 4)];

    for (const { chunks } of [short, long]) assert.deepEqual(chunks, [1, 1, 1]);
    assert.deepEqual([long.gets, long.puts], [short.gets, short.puts]);
    assert.ok(long.bytes < 1.1 * short.bytes, `${long.bytes} bytes, ${short.bytes} of the short one`);
  });
});
