/** Run as a thread, since the library takes the console: reads parts of every dataset of a file past the library and through it. */
import { parentPort, workerData } from 'node:worker_threads';
import { withBlock } from '../../src/formats/netcdf/hdf5-blocks.ts';
import { loadHdf5, openHdf5 } from '../../src/formats/netcdf/hdf5-library.ts';

export interface BothWays {
  readonly dataset: string;
  /** Parts that were read past the library, of those that were asked for; null: it is for the library alone. */
  readonly direct: number | null;
  readonly parts: number;
  /** Parts with other bytes than the library gives, or with any where none could be given. */
  readonly different: number;
}

const { path, parts } = workerData;
const library = await loadHdf5(512 * 2 ** 20);
const file = openHdf5(library, { path: String(path), bytes: undefined });
const names = library.module.get_names(file.id, '/', false);
parentPort?.postMessage({ found: names.map(bothWays), said: library.takeDiagnostics() });

function bothWays(dataset: string): BothWays {
  const stored = file.metadata(dataset);
  const [rows = 0, ...inner] = stored.shape ?? [];
  const rowBytes = inner.reduce((product, length) => product * length, stored.size);
  const direct = file.direct(dataset);
  let [read, different] = [0, 0];
  for (let part = 0; direct !== null && part < parts; part++) {
    // the whole, then parts of which each begins and ends elsewhere
    const from = part === 0 ? 0 : (part * 7919) % rows;
    const count = part === 0 ? rows : 1 + ((part * 104_729) % (rows - from));
    const around = new Uint8Array(count * rowBytes + 3).fill(0xaa);
    const target = around.subarray(part % 4, (part % 4) + count * rowBytes);
    if (!direct.read(from, count, target)) {
      if (target.some((byte) => byte !== 0xaa)) different += 1;
      continue;
    }
    read += 1;
    withBlock(library, file.id, dataset, stored, { offset: [from, ...inner.map(() => 0)], count: [count, ...inner] }, (at, bytes) => {
      if (Buffer.compare(library.module.HEAPU8.subarray(at, at + bytes), target) !== 0) different += 1;
    });
    if (around.reduce((sum, byte) => sum + byte, 0) !== target.reduce((sum, byte) => sum + byte, 3 * 0xaa)) different += 1;
  }
  return { dataset, direct: direct === null ? null : read, parts, different };
}
