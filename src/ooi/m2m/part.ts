import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm, stat, truncate } from 'node:fs/promises';
import { z } from 'zod';
import { errnoOf } from '../../errors.ts';
import { writeWhole } from '../../transfer/durable.ts';

/** The beginning of a file whose download was cut, and what it was the beginning of. */
export interface Part {
  readonly bytes: number;
  /** Of the beginning. */
  readonly hash: Hash;
  readonly mark: PartMark | null;
}

const markSchema = z.object({
  url: z.string(),
  /** For `If-Range`: a strong ETag, or the time of the last change. */
  validator: z.string(),
  totalBytes: z.int().nonnegative(),
});
/** Written beside the beginning before its first byte: without it a beginning is not gone on with. */
export type PartMark = z.output<typeof markSchema>;

const partPath = (target: string): string => `${target}.part`;
const markPath = (target: string): string => `${target}.part.json`;

/** What is there of a download of this address; nothing where another file was begun, or more is there than the file is long. */
export async function openPart(target: string, url: string): Promise<Part> {
  const [bytes, mark] = [await sizeOf(partPath(target)), await readMark(markPath(target))];
  const isUsable = bytes !== null && bytes > 0 && mark !== null && mark.url === url && bytes <= mark.totalBytes;
  if (!isUsable) {
    await dropPart(target);
    return { bytes: 0, hash: createHash('sha256'), mark: null };
  }
  const hash = createHash('sha256');
  for await (const piece of createReadStream(partPath(target))) hash.update(piece);
  return { bytes, hash, mark };
}

/** Begins anew: what was there is gone before the new mark is. */
export async function beginPart(target: string, mark: PartMark | null): Promise<void> {
  await dropPart(target);
  if (mark !== null) await writeWhole(markPath(target), JSON.stringify(mark));
}

export async function dropPart(target: string): Promise<void> {
  await rm(partPath(target), { force: true });
  await rm(markPath(target), { force: true });
}

/** Cuts what a kill left half written behind the bytes that were hashed. */
export const cutPart = (target: string, bytes: number): Promise<void> => truncate(partPath(target), bytes);

export const partOf = partPath;

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function readMark(path: string): Promise<PartMark | null> {
  try {
    return markSchema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data ?? null;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}
