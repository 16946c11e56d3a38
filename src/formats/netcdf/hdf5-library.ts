import { mountContent } from './hdf5-content.ts';
import { type DirectDataset, directFile, openDirectly } from './hdf5-direct.ts';
import type { Hdf5Source } from './hdf5-messages.ts';

type Hdf5Module = Awaited<typeof import('h5wasm')['ready']>;

/** Raised inside the thread for everything that makes a file unreadable. */
export class Hdf5Defect extends Error {
  override readonly name = 'Hdf5Defect';
}

export interface Hdf5Library {
  readonly module: Hdf5Module;
  /** What the library has said since the last call. Anything at all means that its answers cannot be trusted. */
  takeDiagnostics(): readonly string[];
}

/**
 * Loads the HDF5 library into this thread, for good: its output goes to `takeDiagnostics`, its memory never grows beyond `memoryBytes`.
 * The build for browsers is chosen on purpose: it sees no file but the mounted one, so that a file which names others (external links,
 * external storage, virtual datasets) cannot reach them.
 */
export async function loadHdf5(memoryBytes: number): Promise<Hdf5Library> {
  let said: string[] = [];
  const listen = (...words: readonly unknown[]): void => {
    said.push(words.map(String).join(' '));
  };
  // The library binds these when it is loaded; the HDF5 error stack arrives line by line.
  Object.assign(console, { log: listen, error: listen, warn: listen, info: listen, debug: listen });
  boundMemory(memoryBytes);
  const { ready } = await import('h5wasm');
  return {
    module: await ready,
    takeDiagnostics() {
      const taken = said;
      said = [];
      return taken;
    },
  };
}

/** The part of the global WebAssembly that is used here; Node's types leave it out. */
declare const WebAssembly: { readonly Memory: { readonly prototype: MemoryPrototype } };
interface MemoryPrototype {
  readonly buffer: ArrayBuffer;
  grow(this: MemoryPrototype, pages: number): number;
}

const PAGE_BYTES = 65_536;

/** Makes WebAssembly refuse memory beyond the bound; `malloc` then fails inside the library, which reports it as an error. */
function boundMemory(bytes: number): void {
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function growWithin(this: MemoryPrototype, pages: number): number {
    if (this.buffer.byteLength + pages * PAGE_BYTES > bytes) throw new RangeError(`the HDF5 library asks for more than ${bytes} bytes`);
    return grow.call(this, pages);
  };
}

export type DatasetMetadata = ReturnType<Hdf5Module['get_dataset_metadata']>;

/** One open file of the thread. */
export interface Hdf5Handle {
  readonly id: bigint;
  /** What the library says of a dataset; asked once for as long as the file is open. */
  metadata(dataset: string): DatasetMetadata;
  /** A way past the library to its values, where there is one. */
  direct(dataset: string): DirectDataset | null;
  close(): void;
}

/** @throws {Hdf5Defect} the library refuses the file */
export function openHdf5(library: Hdf5Library, source: Hdf5Source): Hdf5Handle {
  const { module } = library;
  const content = mountContent(module.FS, source);
  const id = module.open(content.name, module.H5F_ACC_RDONLY, false, -1, -1);
  if (id < 0n) {
    content.unmount();
    throw new Hdf5Defect('the HDF5 library cannot open it');
  }
  const file = directFile(content.readAt);
  const known = new Map<string, DatasetMetadata>();
  const opened = new Map<string, DirectDataset | null>();
  const metadata = (dataset: string): DatasetMetadata => {
    const found = known.get(dataset) ?? module.get_dataset_metadata(id, `/${dataset}`);
    known.set(dataset, found);
    return found;
  };
  return {
    id,
    metadata,
    direct(dataset) {
      const before = opened.get(dataset);
      if (before !== undefined) return before;
      const direct = openDirectly(library, id, dataset, metadata(dataset), file);
      opened.set(dataset, direct);
      return direct;
    },
    close() {
      module.close_file(id);
      content.unmount();
    },
  };
}

/** What it goes on with after this is where it has looked for the filter, in folders of whoever built it. */
const FILTER_MISSING = /^required filter '.*' is not registered$/;

/** The first and the last sentence of an HDF5 error stack: what was tried, and what stood in the way. */
export function summarize(diagnostics: readonly string[]): string {
  const sentences = diagnostics.flatMap((line) => /^\s*#\d+: .* in \w+\(\): (.+)$/.exec(line)?.[1] ?? []);
  const [tried = diagnostics[0] ?? 'the HDF5 library failed without a word', ...others] = sentences;
  const cause = others.find((sentence) => FILTER_MISSING.test(sentence)) ?? others.at(-1);
  return cause === undefined ? tried : `${tried}: ${cause}`;
}
