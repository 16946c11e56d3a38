/**
 * Where objects lie: named sequences of bytes in a folder or in a bucket.
 *
 * What every store keeps, and what the contract suite proves of each:
 *
 * - **Whole or not at all.** A reader, and a start after a kill or a power cut, finds the old object or the new one. When a write has
 *   answered, it survives a power cut (for S3, whatever the server promises).
 * - **Who retries.** The store does, with growing waits, for what may pass within seconds; callers do not. What still fails is a
 *   {@link Failure} of kind `again`: the world may change later. Permanent ones are `stop` (credentials, missing bucket or folder, a name
 *   that is not allowed) and come at once. `replan` means that another was there first: `condition_failed`, `no_such_object`.
 * - **Idempotence.** Every operation may be repeated; an unconditional one then has the same effect. A conditional write that ended in
 *   `again` may have taken effect: who repeats it reads first. Within one call a lost answer is recognised and is not an error.
 * - **Conditions.** Of several writers with the same condition on the same key exactly one succeeds. That holds among conditional writers:
 *   a key that one of them changes must be changed by all under a condition.
 * - **Fence.** Awaited right before every change becomes visible, retries included; what it throws ends the operation without effect.
 * - **Short reads.** Fewer bytes than the object has, or than were asked for, are never a result. A transfer that was cut is retried.
 * - **Names.** Relative, `/` between parts, no part empty, `.` or `..`, no control characters; see {@link checkKey}. A key is never also the
 *   folder of others (`key_is_folder`). Nothing outside the store's folder or prefix is read, written or listed.
 * - **Credentials** are in no error, and neither are the server's own words, which may repeat them.
 */
export interface ObjectStore {
  /** For people: `/data/ooi` or `s3://bucket/prefix`. */
  readonly place: string;

  /** Stores an object, replacing one that is there. Large ones and streams need a bounded amount of memory. */
  put(key: string, body: Body, options?: PutOptions): Promise<Stored>;

  /** A whole object in memory, or null. @throws {Failure} `object_too_large` (stop): over `limitBytes`. */
  get(key: string, options?: GetOptions): Promise<Found | null>;

  /** Exactly the bytes asked for, or null when there is no such object. @throws {Failure} `short_read` (replan): it ends before them. */
  getRange(key: string, range: ByteRange, options?: Options): Promise<Uint8Array | null>;

  /** Size and time without the bytes, or null. Cheap. */
  stat(key: string, options?: Options): Promise<ObjectStat | null>;

  /** The version of what is there now, or null. On disk it reads the object. */
  version(key: string, options?: Options): Promise<string | null>;

  /**
   * Every object whose key begins with the prefix, a page at a time, in the order of the keys' bytes. Objects written or deleted meanwhile
   * may or may not be named. What has a name that this store would refuse is left out.
   */
  list(prefix: string, options?: Options): AsyncIterable<ListedObject>;

  /** The same bytes under another name, without moving them: a hard link on disk, a copy by the server on S3. @throws {Failure} `no_such_object` (replan) */
  copy(from: string, to: string, options?: WriteOptions): Promise<void>;

  /** Deletes an object; one that is not there is no error. */
  delete(key: string, options?: WriteOptions): Promise<void>;

  /**
   * Removes what killed writers left unfinished: temporary files, unfinished uploads. Only what was begun longer ago than that, so that
   * living writers keep theirs. Whoever shares the place with many sweeps what is his own.
   * @returns how many there were.
   */
  sweep(olderThanMs: number, options?: SweepOptions): Promise<number>;
}

/** No living writer takes so long over one object: what is older was left by one that was killed. Milliseconds. */
export const UNFINISHED_AFTER_MS = 3 * 86_400_000;

export interface SweepOptions extends Options {
  /** Of keys that begin so; on disk the temporary files at the top, whose names tell no key, are swept as well. Absent: all. */
  readonly prefix?: string;
}

/** Read once; the store keeps what it needs to repeat a step. */
export type Body = Uint8Array | AsyncIterable<Uint8Array>;

export interface Options {
  readonly signal?: AbortSignal;
}

export interface WriteOptions extends Options {
  readonly fence?: () => Promise<void>;
}

export interface PutOptions extends WriteOptions {
  readonly condition?: Condition;
  /** A media type, for stores that keep one. */
  readonly contentType?: string;
  /** SHA-256 of a body in memory as hexadecimal digits, where the caller has taken it already: nobody takes it again. */
  readonly sha256?: string;
}

/** Absent: nothing is there. A version: exactly this is there. */
export type Condition = 'absent' | { readonly version: string };

export interface GetOptions extends Options {
  /** Bytes; absent: {@link LARGEST_GET}. */
  readonly limitBytes?: number;
}

/** Bytes `offset` to `offset + length - 1`; a length of at least one. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface Stored {
  readonly sizeBytes: number;
  readonly version: string;
}

export interface Found extends Stored {
  /** The caller's own. */
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes as hexadecimal digits, where the store has taken it. */
  readonly sha256?: string;
}

export interface ObjectStat {
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

export interface ListedObject extends ObjectStat {
  readonly key: string;
}

/** More than any chunk has; an object that claims more is not taken into memory unasked. Bytes. */
export const LARGEST_GET = 1024 ** 3;
