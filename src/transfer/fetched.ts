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

/** A file could not be had. Kind stop: this file, whoever asks; again: the server has a bad time, and no file of it can be had. */
export class DownloadFailure extends Failure {
  readonly path: string;
  /** Why, to stand after a colon. */
  readonly why: string;

  constructor(kind: 'again' | 'stop', path: string, why: string, more: { readonly retryAfterMs?: number; readonly cause?: unknown } = {}) {
    super({ kind, code: 'download_failed', happened: `${path} could not be fetched: ${why}`, ...more });
    this.path = path;
    this.why = why;
  }
}
