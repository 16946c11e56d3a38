import { stat } from 'node:fs/promises';
import type { Flow, KindSchema } from './flow.ts';
import { flowFilesIn, type LoadedFlow, namedIn, readFlowFile } from './flow-file.ts';
import type { ReadFlow } from './flow-text.ts';

interface Kept<KindFlow extends Flow> {
  /** What `stat` told when it was read. */
  readonly mark: string;
  readonly read: ReadFlow<KindFlow>;
}

/**
 * The flow files of a folder for a process that asks for them again and again: each file is read again when its size or times have changed,
 * and callers who come while others wait share one look at the folder. The same array as before while nothing has changed.
 */
export class FlowCache<KindFlow extends Flow = Flow> {
  readonly #folder: string;
  readonly #kinds: readonly KindSchema<KindFlow>[];
  #kept: ReadonlyMap<string, Kept<KindFlow>> = new Map();
  #reads: readonly ReadFlow<KindFlow>[] = [];
  #looking: Promise<unknown> = Promise.resolve();
  /** A look that has not begun yet: whoever comes now sees in it all that was written before. */
  #next: Promise<readonly ReadFlow<KindFlow>[]> | null = null;

  constructor(folder: string, kinds: readonly KindSchema<KindFlow>[]) {
    this.#folder = folder;
    this.#kinds = kinds;
  }

  /** @throws {ConfigError} as `findFlow` does. */
  async find(name: string): Promise<LoadedFlow<KindFlow>> {
    return namedIn(await this.reads(), this.#folder, name);
  }

  /** All files as they are now, good and broken. @throws {ConfigError} the folder cannot be read. */
  reads(): Promise<readonly ReadFlow<KindFlow>[]> {
    this.#next ??= this.#afterThisLook();
    return this.#next;
  }

  async #afterThisLook(): Promise<readonly ReadFlow<KindFlow>[]> {
    await this.#looking.catch(() => undefined);
    this.#next = null;
    const look = this.#look();
    this.#looking = look;
    return await look;
  }

  async #look(): Promise<readonly ReadFlow<KindFlow>[]> {
    const files = await flowFilesIn(this.#folder);
    const entries = await Promise.all(files.map(async (file) => [file, await this.#read(file)] as const));
    const isSame = entries.length === this.#kept.size && entries.every(([file, kept]) => this.#kept.get(file) === kept);
    if (isSame) return this.#reads;
    this.#kept = new Map(entries);
    this.#reads = entries.map(([, { read }]) => read);
    return this.#reads;
  }

  async #read(file: string): Promise<Kept<KindFlow>> {
    const mark = await markOf(file);
    const kept = this.#kept.get(file);
    if (kept !== undefined && mark !== null && kept.mark === mark) return kept;
    return { mark: mark ?? '', read: await readFlowFile(file, this.#kinds) };
  }
}

/** Null: it cannot be told; reading it says why. */
async function markOf(file: string): Promise<string | null> {
  try {
    const { size, mtimeNs, ctimeNs, ino } = await stat(file, { bigint: true });
    return [size, mtimeNs, ctimeNs, ino].join(' ');
  } catch {
    return null;
  }
}
