import { setTimeout as delay } from 'node:timers/promises';
import { isFailure, messageOf } from '../errors.ts';
import { DownloadFailure, type FetchedFile, type FetchRequest } from './fetched.ts';

export interface HttpFetch extends FetchRequest {
  /** What stands before the paths, its last slash included. */
  readonly base: string;
  /** Between two files: the host is asked no faster than the caller's rate. */
  readonly pauseMs: number;
}

/**
 * Fetches single files over HTTP, one after the other.
 * @throws {DownloadFailure} `stop` when the server says that a file is not to be had, or it is too large; `again` when the server
 *                   has no time (with its Retry-After), has a fault, or does not answer.
 */
export async function fetchOverHttp({ base, paths, maxBytes, timeoutMs, signal, pauseMs }: HttpFetch): Promise<readonly FetchedFile[]> {
  const limit = AbortSignal.timeout(timeoutMs);
  const either = AbortSignal.any([signal, limit]);
  const files: FetchedFile[] = [];
  for (const path of paths) {
    try {
      if (files.length > 0) await delay(pauseMs, undefined, { signal: either });
      files.push({ path, bytes: await fetchOne(base, path, maxBytes, either) });
    } catch (error) {
      signal.throwIfAborted();
      if (isFailure(error)) throw error;
      throw new DownloadFailure('again', path, limit.aborted ? `it took longer than ${timeoutMs / 1000} s` : causeOf(error), {
        cause: error,
      });
    }
  }
  return files;
}

const TOO_MANY_REQUESTS = 429;
/** Timeout, early data: the server's own bad time, like everything from 500 on. */
const AGAIN: readonly number[] = [408, 425, TOO_MANY_REQUESTS];

async function fetchOne(base: string, path: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(`${base}${path}`, { signal, headers: { 'user-agent': 'landfall (roundtrip check)', accept: '*/*' } });
  if (!response.ok) {
    await response.body?.cancel();
    const { status } = response;
    const why = `${new URL(base).host} answered with status ${status}`;
    if (status < 500 && !AGAIN.includes(status)) throw new DownloadFailure('stop', path, why);
    throw new DownloadFailure('again', path, why, retryAfter(response.headers.get('retry-after')));
  }
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > maxBytes) throw new DownloadFailure('stop', path, `it is larger than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const LONGEST_WAIT_MS = 600_000;

/** Seconds, as servers that mind their load write it. */
function retryAfter(header: string | null): { readonly retryAfterMs?: number } {
  if (header === null || !/^\d{1,6}$/.test(header.trim())) return {};
  return { retryAfterMs: Math.min(Number(header) * 1000, LONGEST_WAIT_MS) };
}

/** `fetch failed` says nothing; its cause does. */
const causeOf = (error: unknown): string => messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
