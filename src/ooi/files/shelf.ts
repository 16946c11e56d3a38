import type { NetcdfFile } from '../../formats/netcdf/file.ts';
import type { Hdf5Pool } from '../../formats/netcdf/hdf5-pool.ts';
import { openNetcdf } from '../../formats/netcdf/open.ts';

/** Opened files hold their headers, some hundred kilobytes each. */
const AT_ONCE = 64;

interface Entry {
  readonly file: Promise<NetcdfFile>;
  users: number;
}

/** Files that are open, the least lately used of which are closed, so that a series of any number of files takes no more. */
export class Shelf {
  readonly #hdf5: Hdf5Pool;
  readonly #entries = new Map<string, Entry>();

  constructor(hdf5: Hdf5Pool) {
    this.#hdf5 = hdf5;
  }

  /** @throws {Failure} `unreadable_file`; Node's own errors pass through */
  async use<T>(path: string, work: (file: NetcdfFile) => Promise<T>): Promise<T> {
    const entry = this.#entries.get(path) ?? { file: openNetcdf(path, { hdf5: this.#hdf5 }), users: 0 };
    this.#entries.delete(path);
    this.#entries.set(path, entry);
    entry.users += 1;
    try {
      return await work(await entry.file);
    } catch (error) {
      // What failed to open may be there the next time.
      if (this.#entries.get(path) === entry) await entry.file.catch(() => this.#entries.delete(path));
      throw error;
    } finally {
      entry.users -= 1;
      await this.#tidy();
    }
  }

  async close(): Promise<void> {
    const all = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(all.map(({ file }) => file.then((opened) => opened.close(), ignore)));
  }

  async #tidy(): Promise<void> {
    for (const [path, { file, users }] of this.#entries) {
      if (this.#entries.size <= AT_ONCE) return;
      if (users > 0) continue;
      this.#entries.delete(path);
      await file.then((opened) => opened.close(), ignore);
    }
  }
}

/** A file that could not be opened has nothing to close; whoever asked for it was told. */
const ignore = (): void => {};
