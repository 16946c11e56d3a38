/** Adds one to a counter so often, in a process of its own: reads it, writes it under the condition that it is still what was read. Arguments: folder, how often. */
import { isFailure } from '../../src/errors.ts';
import { openDisk } from '../../src/stores/objects/disk.ts';

const [folder = '', times = '0'] = process.argv.slice(2);
const store = await openDisk({ folder });

for (let done = 0; done < Number(times); ) {
  const found = await store.get('counter');
  const next = Buffer.from(`${Number(Buffer.from(found?.bytes ?? []).toString()) + 1}`);
  try {
    await store.put('counter', next, { condition: found === null ? 'absent' : { version: found.version } });
    done += 1;
  } catch (error) {
    if (!isFailure(error, 'condition_failed')) throw error;
  }
}
