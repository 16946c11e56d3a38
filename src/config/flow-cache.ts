import { stat } from 'node:fs/promises';
import type { Flow, KindSchema } from './flow.ts';
import { flowFilesIn, type LoadedFlow, namedIn, readFlowFile } from './flow-file.ts';
import type { ReadFlow } from './flow-text.ts';

interface Kept<KindFlow extends Flow> {
  /** What `stat` told when it was read. */
  readonly mark: string;
  readonly read: ReadFlow<KindFlow>;
}

/** One look at the folder. */
interface Seen<KindFlow extends Flow> {
  /** Of the folder itself, before the look: a file that came or went since has changed it. */
  readonly mark: string | null;
  readonly kept: ReadonlyMap<string, Kept<KindFlow>>;
  readonly reads: readonly ReadFlow<KindFlow>[];
  /** Files by the names of their flows; of two with one name the first. */
  readonly files: ReadonlyMap<string, string>;
}

/** A flow, and the folder as it was seen with it. */
export interface FoundFlow<KindFlow extends Flow = Flow> extends LoadedFlow<KindFlow> {
  readonly reads: readonly ReadFlow<KindFlow>[];
}

/**
 * The flow files of a folder for a process that asks for them again and again: each file is read again when its size or times have changed,
 * and callers who come while others wait share one look at the folder. The same array as before while nothing has changed.
 *
 * Who asks for one flow pays for one: of a folder of a thousand its own file and the folder itself are looked at. What another file says since
 * the last look is seen as soon as its own flow is asked for.
 */
export class FlowCache<KindFlow extends Flow = Flow> {
  readonly #folder: string;
  readonly #kinds: readonly KindSchema<KindFlow>[];
  #seen: Seen<KindFlow> = { mark: null, kept: new Map(), reads: [], files: new Map() };
  #looking: Promise<unknown> = Promise.resolve();
  /** A look that has not begun yet: whoever comes now sees in it all that was written before. */
  #next: Promise<readonly ReadFlow<KindFlow>[]> | null = null;

  constructor(folder: string, kinds: readonly KindSchema<KindFlow>[]) {
    this.#folder = folder;
    this.#kinds = kinds;
  }

  /** @throws {ConfigError} as `findFlow` does. */
  async find(name: string): Promise<FoundFlow<KindFlow>> {
    const seen = this.#seen;
    const reads = (await this.#isSameFor(name, seen)) ? seen.reads : await this.reads();
    return { ...namedIn(reads, this.#folder, name), reads };
  }

  async #isSameFor(name: string, { mark, kept, files }: Seen<KindFlow>): Promise<boolean> {
    const file = files.get(name);
    if (file === undefined || mark === null) return false;
    const [folderNow, fileNow] = await Promise.all([markOf(this.#folder), markOf(file)]);
    return folderNow === mark && fileNow !== null && fileNow === kept.get(file)?.mark;
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
    const before = this.#seen;
    const mark = await markAtRest(this.#folder);
    const files = await flowFilesIn(this.#folder);
    const entries = await Promise.all(files.map(async (file) => [file, await this.#read(file)] as const));
    const isSame = entries.length === before.kept.size && entries.every(([file, kept]) => before.kept.get(file) === kept);
    if (isSame) {
      this.#seen = { ...before, mark };
      return before.reads;
    }
    const reads = entries.map(([, { read }]) => read);
    const named = reads.flatMap(({ name, file }) => (name === undefined ? [] : [[name, file] as const]));
    this.#seen = { mark, kept: new Map(entries), reads, files: new Map(named.toReversed()) };
    return reads;
  }

  async #read(file: string): Promise<Kept<KindFlow>> {
    const mark = await markOf(file);
    const kept = this.#seen.kept.get(file);
    if (kept !== undefined && mark !== null && kept.mark === mark) return kept;
    return { mark: mark ?? '', read: await readFlowFile(file, this.#kinds) };
  }
}

/** File systems tell times in ticks of some milliseconds: two changes within one cannot be told apart. */
const TICK_MS = 100;

/** Null: it has changed just now, and what changes next might not show. */
async function markAtRest(folder: string): Promise<string | null> {
  const mark = await markOf(folder);
  const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
  return Date.now() - mtimeMs > TICK_MS ? mark : null;
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
