import type { Hdf5Source, Hdf5Task } from './hdf5-messages.ts';
import { Slot, type TaskReply } from './hdf5-slot.ts';

export interface Hdf5PoolSettings {
  /** Files read at the same time. Each thread takes about 45 MB. */
  readonly threads?: number;
  /** How long opening a file, or one reading, may take before the thread is ended and the file counts as unreadable. */
  readonly timeoutMs?: number;
  /** Most memory the library of one thread may take. */
  readonly memoryBytes?: number;
}

/** Threads that read HDF5 files. They start with the first file and do not keep the process alive while idle. */
export interface Hdf5Pool {
  /** Performs a task on a file in whichever thread is free; a thread that has the file open already is preferred, unless it has much more to do. */
  perform(source: Hdf5Source, task: Hdf5Task): Promise<TaskReply>;
  /** Ends all threads. What is being read fails with `hdf5_pool_closed` (kind again). */
  close(): Promise<void>;
}

export const HDF5_POOL_DEFAULTS = {
  // NetCDF-4 profiles are rare; one thread reads about 50 of them a second.
  threads: 1,
  // Far above any reading that limits allow, on a disk of 50 MB a second; some damaged files send the library round in circles for ever.
  timeoutMs: 30_000,
  // Values pass through in pieces, so this bounds single rows and chunks. A hostile file meets this wall instead of the machine's.
  memoryBytes: 512 * 1024 * 1024,
} as const;

export function createHdf5Pool(settings: Hdf5PoolSettings = {}): Hdf5Pool {
  const { threads, timeoutMs, memoryBytes } = { ...HDF5_POOL_DEFAULTS, ...settings };
  const program = new URL('./hdf5-thread.ts', import.meta.url);
  const slots = Array.from({ length: Math.max(1, threads) }, () => new Slot({ timeoutMs, memoryBytes, program }));
  return {
    async perform(source, task) {
      const idle = slots.toSorted((a, b) => a.waiting - b.waiting);
      const [least] = idle;
      const holder = idle.find((one) => one.has(source));
      const slot = least !== undefined && holder !== undefined && holder.waiting > least.waiting + 1 ? least : (holder ?? least);
      if (slot === undefined) throw new Error('The HDF5 pool has no threads.');
      return slot.perform(source, task);
    },
    async close() {
      await Promise.all(slots.map((slot) => slot.close()));
    },
  };
}
