import { EXTERNAL_TYPES, type ExternalType } from './classic-types.ts';
import type { Container } from './file.ts';
import { decodeText } from './text.ts';
import { unreadable } from './unreadable.ts';

/** Raised when the header goes on behind the bytes at hand although the file does not end there. */
export class HeaderGoesOn extends Error {
  override readonly name = 'HeaderGoesOn';
  /** Bytes from the file's start that are needed at least. */
  readonly needed: number;

  constructor(needed: number) {
    super(`the header needs at least ${needed} bytes`);
    this.needed = needed;
  }
}

export interface CursorInput {
  readonly path: string;
  /** The first bytes of the file. */
  readonly head: Uint8Array;
  readonly fileSize: number;
  readonly container: ClassicContainer;
}

export type ClassicContainer = Exclude<Container, 'hdf5'>;

/** Walks a classic header. Every step is checked against the bytes that exist before it is taken. */
export class Cursor {
  readonly path: string;
  readonly fileSize: number;
  readonly #head: Uint8Array;
  readonly #view: DataView;
  /** Counts, lengths and dimension numbers take eight bytes (CDF-5) instead of four. */
  readonly #hasWideCounts: boolean;
  /** Offsets of data take eight bytes (64-bit offset and CDF-5) instead of four. */
  readonly #hasWideOffsets: boolean;
  readonly #lastType: number;
  /** The next byte to be read. */
  at = 4;

  constructor({ path, head, fileSize, container }: CursorInput) {
    this.path = path;
    this.#head = head;
    this.fileSize = fileSize;
    this.#view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    this.#hasWideCounts = container === 'cdf5';
    this.#hasWideOffsets = container !== 'classic';
    this.#lastType = container === 'cdf5' ? 11 : 6;
  }

  /** The number of entries of a list: its tag and count, or zeros for a list that is absent. */
  list(tag: number, what: string): number {
    const from = this.at;
    const found = this.#uint32(what);
    const length = this.count(what);
    if (found === tag || (found === 0 && length === 0)) return length;
    throw this.defect(`the list of ${what} begins with the tag ${found}`, from, `the tag ${tag}, or zeros for an absent list`);
  }

  type(what: string): ExternalType {
    const from = this.at;
    const number = this.#uint32(what);
    const type = number <= this.#lastType ? EXTERNAL_TYPES[number] : undefined;
    if (type !== undefined) return type;
    throw this.defect(`${what} has the type number ${number}`, from, `one from 1 to ${this.#lastType}`);
  }

  /** A count, length or dimension number: never negative. */
  count(what: string): number {
    return this.#hasWideCounts ? this.#int64(what) : this.#int32(what);
  }

  /** Where data begins: never negative. */
  offset(what: string): number {
    return this.#hasWideOffsets ? this.#int64(what) : this.#int32(what);
  }

  /** The number of records, or null when the writer never came to state it (streaming). */
  recordCount(): number | null {
    const what = 'the number of records';
    this.#need(this.#hasWideCounts ? 8 : 4, what);
    const isStreaming =
      this.#view.getUint32(this.at) === 0xffffffff && (!this.#hasWideCounts || this.#view.getUint32(this.at + 4) === 0xffffffff);
    if (!isStreaming) return this.count(what);
    this.at += this.#hasWideCounts ? 8 : 4;
    return null;
  }

  name(what: string): string {
    const length = this.#nameLength(what);
    const from = this.at;
    this.at += padded(length);
    return decodeText(this.#head, from, from + length);
  }

  skipName(what: string): void {
    const length = this.#nameLength(what);
    this.at += padded(length);
  }

  /** A view of the next `length` bytes. */
  bytes(length: number, what: string): Uint8Array {
    this.#need(length, what);
    const from = this.at;
    this.at += padded(length);
    return this.#head.subarray(from, from + length);
  }

  /** Steps over `length` bytes and what fills them up to a multiple of four. */
  skip(length: number, what: string): void {
    this.#need(length, what);
    this.at += padded(length);
  }

  /** Steps over the size that the header states for a variable: it is redundant, wraps at 4 GiB and differs between writers, so nobody may rely on it. */
  skipStatedSize(what: string): void {
    this.skip(this.#hasWideCounts ? 8 : 4, what);
  }

  defect(what: string, offset: number, expected?: string) {
    return unreadable({ path: this.path, what, offset, ...(expected === undefined ? {} : { expected }) });
  }

  #need(length: number, what: string): void {
    const end = this.at + length;
    if (end <= this.#head.byteLength) return;
    if (end > this.fileSize) throw this.defect(`${what} goes past the end of the file (${this.fileSize} bytes)`, this.at);
    throw new HeaderGoesOn(end);
  }

  #nameLength(what: string): number {
    const from = this.at;
    const length = this.count(what);
    if (length === 0) throw this.defect(`${what} is empty`, from);
    this.#need(length, what);
    return length;
  }

  #uint32(what: string): number {
    this.#need(4, what);
    const value = this.#view.getUint32(this.at);
    this.at += 4;
    return value;
  }

  #int32(what: string): number {
    this.#need(4, what);
    const value = this.#view.getInt32(this.at);
    if (value < 0) throw this.defect(`${what} is negative (${value})`, this.at);
    this.at += 4;
    return value;
  }

  #int64(what: string): number {
    this.#need(8, what);
    const high = this.#view.getInt32(this.at);
    if (high < 0) throw this.defect(`${what} is negative`, this.at);
    if (high > 0x1f_ffff) throw this.defect(`${what} is larger than any file`, this.at);
    const value = high * 0x1_0000_0000 + this.#view.getUint32(this.at + 4);
    this.at += 8;
    return value;
  }
}

/** Names and values in headers, and variables in records, fill up to a multiple of four bytes. */
export const padded = (length: number): number => Math.ceil(length / 4) * 4;
