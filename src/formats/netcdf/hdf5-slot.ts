import { Worker } from 'node:worker_threads';
import { Failure } from '../../errors.ts';
import type { Hdf5Source, Hdf5Task, ThreadReply, ThreadRequest } from './hdf5-messages.ts';

export interface SlotSettings {
  /** A task that takes longer is a file that hangs the library. */
  readonly timeoutMs: number;
  /** Most memory of the library; the thread's own objects get as much again. */
  readonly memoryBytes: number;
  /** The thread's program. */
  readonly program: URL;
}

/** Files on disk that a thread keeps open, so that reading them by turns does not open them each time. */
const FILES_OPEN = 8;

export type TaskReply = Exclude<ThreadReply, { kind: 'ready' }>;

/** One place for a thread: starts it when needed, gives it one task at a time, and replaces it after any defect. */
export class Slot {
  readonly #settings: SlotSettings;
  #worker: Promise<Worker> | undefined;
  /** Files that the thread has open, by what they are called; the least lately used first. */
  readonly #open = new Map<Hdf5Source, number>();
  #named = 0;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  constructor(settings: SlotSettings) {
    this.#settings = settings;
  }

  /** Tasks given and not yet answered. */
  get waiting(): number {
    return this.#waiting;
  }

  has(source: Hdf5Source): boolean {
    return this.#open.has(source);
  }

  /**
   * Queues a task on a file. What the file holds never makes it reject.
   * @throws {Failure} kind again: `hdf5_pool_closed`, the pool was closed first; `hdf5_thread_lost`, no thread could be started
   */
  async perform(source: Hdf5Source, task: Hdf5Task): Promise<TaskReply> {
    this.#waiting += 1;
    const turn = this.#last.then(() => this.#perform(source, task));
    this.#last = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = this.#worker;
    this.#forget();
    await (await worker?.catch(() => undefined))?.terminate();
  }

  async #perform(source: Hdf5Source, task: Hdf5Task): Promise<TaskReply> {
    if (this.#isClosed) throw closed(source.path);
    this.#worker ??= startThread(this.#settings);
    const starting = this.#worker;
    const worker = await starting.catch((error: unknown) => {
      this.#forget();
      throw error;
    });
    const known = this.#open.get(source);
    const close = known === undefined ? this.#makeRoom(source) : [];
    const file = known ?? this.#named++;
    this.#open.delete(source);
    this.#open.set(source, file);
    worker.ref();
    const reply = await ask(worker, { file, source: known === undefined ? source : undefined, close, task }, this.#settings.timeoutMs);
    worker.unref();
    if (this.#isClosed) throw closed(source.path);
    if (reply.kind === 'defect') {
      // After an error the library gives wrong answers for other, good files.
      if (this.#worker === starting) this.#forget();
      await worker.terminate();
    }
    return reply;
  }

  /** Forgets files so that one more may be open, and says which; of those in memory there is one at most. */
  #makeRoom(source: Hdf5Source): readonly number[] {
    const excess = [...this.#open].filter(
      ([{ bytes }], i) => i <= this.#open.size - FILES_OPEN || (source.bytes !== undefined && bytes !== undefined),
    );
    for (const [other] of excess) this.#open.delete(other);
    return excess.map(([, file]) => file);
  }

  #forget(): void {
    this.#worker = undefined;
    this.#open.clear();
  }
}

const closed = (path: string): Failure =>
  new Failure({ kind: 'again', code: 'hdf5_pool_closed', happened: `${path} was not read because the HDF5 threads were being ended` });

/** Loading the library takes a third of a second; far more means that the machine is in trouble, not the file. */
const START_TIMEOUT_MS = 60_000;

async function startThread({ memoryBytes, program }: SlotSettings): Promise<Worker> {
  const worker = new Worker(program, {
    workerData: { memoryBytes },
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(memoryBytes / 2 ** 20) },
    // Flags of the process (an input type, a test runner's) are not for this thread.
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  // An error that comes while the thread is idle or being ended must not end the process.
  worker.on('error', () => {});
  const reply = await nextReply(worker, START_TIMEOUT_MS);
  if (reply.kind === 'ready') return worker;
  await worker.terminate();
  const what = reply.kind === 'defect' ? reply.what : reply.kind;
  throw new Failure({ kind: 'again', code: 'hdf5_thread_lost', happened: `A thread for reading NetCDF-4 files does not start: ${what}` });
}

async function ask(worker: Worker, request: ThreadRequest, timeoutMs: number): Promise<TaskReply> {
  const replying = nextReply(worker, timeoutMs);
  worker.postMessage(request);
  const reply = await replying;
  return reply.kind === 'ready' ? { kind: 'defect', what: 'the HDF5 thread started anew in the middle' } : reply;
}

/** The thread's next message; its end, an error in it or silence is a defect. */
function nextReply(worker: Worker, timeoutMs: number): Promise<ThreadReply> {
  return new Promise((resolve) => {
    const settle = (reply: ThreadReply) => {
      clearTimeout(timer);
      worker.off('message', settle).off('error', onError).off('exit', onExit);
      resolve(reply);
    };
    const onError = (error: unknown) =>
      settle({ kind: 'defect', what: `the HDF5 thread broke off (${error instanceof Error ? error.message : error})` });
    const onExit = () => settle({ kind: 'defect', what: 'the HDF5 thread ended in the middle of it' });
    const timer = setTimeout(() => settle({ kind: 'defect', what: `the HDF5 library took more than ${timeoutMs / 1000} s` }), timeoutMs);
    worker.on('message', settle).on('error', onError).on('exit', onExit);
  });
}
