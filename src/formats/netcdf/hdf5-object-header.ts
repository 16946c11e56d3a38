import { Bytes, type ReadAt } from './hdf5-bytes.ts';

/** A message of an object header, with a copy of its bytes. */
export interface HeaderMessage {
  readonly type: number;
  readonly isShared: boolean;
  readonly body: Uint8Array;
}

/** Types of messages. HDF5 File Format Specification 3.0, IV.A.2. */
export const MESSAGE = { datatype: 0x03, layout: 0x08, continuation: 0x10 } as const;

/** Headers of what we read have some dozens of messages in a few blocks; a block that leads to itself ends here. */
const MOST_BLOCKS = 64;
const MOST_BYTES = 65_536;
const MOST_MESSAGES = 4096;

const SHARED = 0x02;

interface HeaderBlock {
  readonly from: number;
  readonly length: number;
}

/**
 * The messages of an object header of either version. HDF5 File Format Specification 3.0, IV.A.1.
 * @returns null: it is none, or no usual one
 */
export function messagesAt(readAt: ReadAt, address: number): readonly HeaderMessage[] | null {
  const start = readAt(address, 8);
  if (start === null) return null;
  return new Bytes(start).isSigned('OHDR') ? newMessages(readAt, address) : oldMessages(readAt, address);
}

/** Version 1: no signature, messages behind 16 bytes, each of a multiple of 8 bytes. */
function oldMessages(readAt: ReadAt, address: number): readonly HeaderMessage[] | null {
  const prefix = readAt(address, 12);
  if (prefix === null) return null;
  const bytes = new Bytes(prefix);
  if (bytes.number(1) !== 1) return null;
  bytes.at = 8;
  return inBlocks(readAt, { from: address + 16, length: bytes.number(4) }, (block) => {
    const [type, size, flags] = [block.number(2), block.number(2), block.number(1)];
    block.at += 3;
    return { type, size, flags };
  });
}

/** Version 2: signed blocks with a checksum behind each, which the library has compared when it opened the dataset. */
function newMessages(readAt: ReadAt, address: number): readonly HeaderMessage[] | null {
  const prefix = readAt(address, 34);
  if (prefix === null) return null;
  const bytes = new Bytes(prefix, 4);
  const [version, flags] = [bytes.number(1), bytes.number(1)];
  if (version !== 2) return null;
  bytes.at += (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
  const width = flags & 0x03;
  const length = width === 3 ? bytes.place() : bytes.number(width === 0 ? 1 : width === 1 ? 2 : 4);
  const extra = flags & 0x04 ? 2 : 0;
  return inBlocks(readAt, { from: address + bytes.at, length }, (block, isContinuation) => {
    if (isContinuation && block.at === 0 && !block.isSigned('OCHK')) block.at = Number.NaN;
    const [type, size, messageFlags] = [block.number(1), block.number(2), block.number(1)];
    block.at += extra;
    return { type, size, flags: messageFlags };
  });
}

type MessageStart = { readonly type: number; readonly size: number; readonly flags: number };

function inBlocks(
  readAt: ReadAt,
  first: HeaderBlock,
  startOf: (block: Bytes, isContinuation: boolean) => MessageStart,
): readonly HeaderMessage[] | null {
  const messages: HeaderMessage[] = [];
  const blocks = [first];
  for (const [number, { from, length }] of blocks.entries()) {
    const content = length <= MOST_BYTES && number < MOST_BLOCKS ? readAt(from, length) : null;
    if (content === null) return null;
    const own = content.slice();
    const block = new Bytes(own);
    // Behind the last message there may be a gap, and a checksum.
    while (block.at + 8 < length) {
      const { type, size, flags } = startOf(block, number > 0);
      const body = own.subarray(block.at, block.at + size);
      if (body.byteLength !== size || messages.length === MOST_MESSAGES) return null;
      block.at += size;
      messages.push({ type, isShared: (flags & SHARED) !== 0, body });
      if (type !== MESSAGE.continuation) continue;
      const next = new Bytes(body);
      blocks.push({ from: next.place(), length: next.place() });
    }
  }
  return messages;
}
