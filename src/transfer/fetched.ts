import { Failure } from '../errors.ts';

/** A file fetched whole. */
export interface FetchedFile {
  /** Relative to the source's top level. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What is asked of either way of fetching. */
export interface FetchRequest {
  /** Checked by the caller: relative, plain, below the source's top level. */
  readonly paths: readonly string[];
  /** A file larger than this is refused. */
  readonly maxBytes: number;
  /** For all files together. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** `kind` stop: this file cannot be had, whoever asks; again: the server has a bad time, and no file of it can. */
export const downloadFailed = (
  kind: 'again' | 'stop',
  path: string,
  why: string,
  more: { readonly retryAfterMs?: number; readonly cause?: unknown } = {},
): Failure => new Failure({ kind, code: 'download_failed', happened: `${path} could not be fetched: ${why}`, ...more });
