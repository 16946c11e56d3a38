import { createHash } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf, Failure, messageOf } from '../../errors.ts';
import { syncFolder } from '../../transfer/durable.ts';
import { isHtml, isMaintenance, maintenance, retryAfterMs, statusFailure } from './answers.ts';
import { backOff, cut, type Wait } from './back-off.ts';
import type { Facility } from './client.ts';
import { HEAD_BYTES, readHead } from './hdf5-length.ts';
import { beginPart, cutPart, dropPart, openPart, type Part, partOf } from './part.ts';

export interface FileDownload {
  /** Where it is; checked against the facility's hosts before it is asked for. */
  readonly url: string;
  /** Path it gets when it is whole. */
  readonly target: string;
  readonly what: string;
  readonly signal: AbortSignal;
  /** Bytes that came since the last call. */
  readonly onBytes?: (bytes: number) => void;
  /** Whether the facility as a whole is in maintenance: a page that says so may also be all that it has under this name. */
  readonly isDown?: (signal: AbortSignal) => Promise<boolean>;
  readonly maxBytes?: number;
  readonly idleMs?: number;
  readonly wait?: Wait;
}

export type Downloaded =
  | { readonly state: 'fetched'; readonly sizeBytes: number; readonly sha256: string }
  /** The facility does not have it (any more), or has no NetCDF file under this name, twice. */
  | { readonly state: 'left_out'; readonly reason: 'missing' | 'unreadable'; readonly message: string };

/** The facility cuts its files at 500 MB. */
const LARGEST_FILE = 16 * 1024 ** 3;
/** A file that came whole and is wrong is fetched once more: a proxy may have held half of it. */
const WRONG_TWICE = 2;
/** Tries are counted anew when so much more has come than ever before: a server that always cuts at one place is not asked for ever. */
const PROGRESS_BYTES = 64 * 1024;
/** Of the beginning, for the title of a page for people. */
const PAGE_BYTES = 4096;

/**
 * Fetches one file to disk: gone on with after a cut (also one that killed the process), its length checked, renamed when it is whole and
 * synced. Pages for people and files that end before their own end are recognised.
 * @throws {Failure} again: the facility does not answer, for several tries in a row without a byte; `disk_full`. stop: `foreign_address`.
 */
export async function downloadFile(facility: Facility, download: FileDownload): Promise<Downloaded> {
  const back = backOff(download.wait);
  let [wrong, furthest] = [0, 0];
  const progressed = (bytes: number): void => {
    if (bytes - furthest < PROGRESS_BYTES) return;
    furthest = bytes;
    back.progressed();
  };
  for (;;) {
    try {
      const got = await attempt(facility, download, progressed);
      if (got.state === 'fetched' || got.reason === 'missing') return got;
      furthest = 0;
      wrong += 1;
      if (wrong >= WRONG_TWICE) return got;
    } catch (error) {
      await back.pause(onDisk(error, download.target), download.signal);
    }
  }
}

async function attempt(facility: Facility, download: FileDownload, progressed: (bytes: number) => void): Promise<Downloaded> {
  const { url, target, what, signal, idleMs } = download;
  let part = await openPart(target, url);
  if (part.mark === null || part.bytes < part.mark.totalBytes) {
    const headers = part.mark === null ? {} : { range: `bytes=${part.bytes}-`, 'if-range': part.mark.validator };
    const got = await facility.open(url, signal, headers, idleMs);
    try {
      if (got.status === 404 || got.status === 410)
        return { state: 'left_out', reason: 'missing', message: 'the facility does not have it' };
      if (got.status === 416) {
        await dropPart(target);
        throw cut(what, 0, part.mark?.totalBytes ?? 0);
      }
      if (got.status !== 200 && got.status !== 206)
        throw statusFailure(what, got.status, retryAfterMs(got.headers['retry-after'], facility.now()));
      if (got.status === 200) part = await anew(target, url, got.headers);
      else if (!continues(got.headers['content-range'], part)) {
        await dropPart(target);
        throw new Failure({
          kind: 'again',
          code: 'download_cut',
          happened: `The facility sent another part of ${what} than was asked for`,
        });
      }
      const received = await receive(download, part, got.body, got.headers['content-length'], progressed);
      if ('page' in received) {
        await dropPart(target);
        if (isMaintenance(received.page) && (await download.isDown?.(signal)) !== false) throw maintenance(what, received.page);
        return await unreadable(target, 'it is a page for people, not a file of data');
      }
      part = received;
    } finally {
      got.discard();
    }
  }
  return await finish(download, part);
}

async function anew(target: string, url: string, headers: Readonly<Record<string, string | string[] | undefined>>): Promise<Part> {
  const { etag, 'last-modified': modified, 'content-length': length } = headers;
  const validator = typeof etag === 'string' && !etag.startsWith('W/') ? etag : modified;
  const totalBytes = typeof length === 'string' && /^\d{1,15}$/.test(length) ? Number(length) : null;
  const mark = typeof validator === 'string' && totalBytes !== null ? { url, validator, totalBytes } : null;
  await beginPart(target, mark);
  return { bytes: 0, hash: createHash('sha256'), mark };
}

function continues(contentRange: string | undefined, { bytes, mark }: Part): boolean {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(contentRange ?? '') ?? [];
  return mark !== null && Number(from) === bytes && Number(total) === mark.totalBytes;
}

async function receive(
  { target, what, onBytes, maxBytes = LARGEST_FILE }: FileDownload,
  part: Part,
  body: AsyncIterable<Uint8Array>,
  length: string | undefined,
  progressed: (bytes: number) => void,
): Promise<Part | { readonly page: string }> {
  const file = await open(partOf(target), 'a');
  let { bytes } = part;
  const total = length === undefined ? null : bytes + Number(length);
  let head = Buffer.alloc(0);
  const page = (): { readonly page: string } | null => (isHtml(head.toString('latin1')) ? { page: head.toString('utf8') } : null);
  try {
    for await (const piece of body) {
      if (part.bytes === 0 && head.length < PAGE_BYTES) head = Buffer.concat([head, piece]);
      const found = head.length >= PAGE_BYTES && bytes < PAGE_BYTES ? page() : null;
      if (found !== null) return found;
      await file.appendFile(piece);
      part.hash.update(piece);
      bytes += piece.length;
      if (bytes > maxBytes)
        throw new Failure({ kind: 'stop', code: 'file_too_large', happened: `${what} is larger than ${maxBytes} bytes` });
      progressed(bytes);
      onBytes?.(piece.length);
    }
    const short = page();
    if (short !== null) return short;
    if (total !== null && bytes !== total) throw cut(what, bytes, total);
    await file.sync();
  } finally {
    await file.close();
  }
  return { ...part, bytes };
}

async function finish({ target, what }: FileDownload, part: Part): Promise<Downloaded> {
  const path = partOf(target);
  await cutPart(target, part.bytes);
  if (target.endsWith('.nc')) {
    const problem = await wrongWith(path, part.bytes);
    if (problem !== null) return await unreadable(target, problem);
  }
  if (part.mark !== null && part.bytes !== part.mark.totalBytes) throw cut(what, part.bytes, part.mark.totalBytes);
  await rename(path, target);
  await dropPart(target);
  await syncFolder(dirname(target));
  return { state: 'fetched', sizeBytes: part.bytes, sha256: part.hash.digest('hex') };
}

async function unreadable(target: string, message: string): Promise<Downloaded> {
  await dropPart(target);
  return { state: 'left_out', reason: 'unreadable', message };
}

async function wrongWith(path: string, bytes: number): Promise<string | null> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = readHead(buffer.subarray(0, bytesRead));
    if (head.kind === 'other') return 'it does not begin as a NetCDF file does';
    if (head.kind === 'hdf5' && head.bytes !== null && head.bytes > bytes)
      return `it is truncated: ${bytes} of ${head.bytes} bytes are there`;
    return null;
  } finally {
    await file.close();
  }
}

const FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT']);

function onDisk(error: unknown, target: string): unknown {
  if (!FULL.has(errnoOf(error))) return error;
  return new Failure({
    kind: 'again',
    code: 'disk_full',
    happened: `There is no room for ${dirname(target)}: ${messageOf(error)}`,
    remedy: 'Make room on the disk of the spool; the download goes on where it was',
    retryAfterMs: 300_000,
    cause: error,
  });
}
