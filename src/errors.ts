/**
 * The three kinds of failure, decided here and nowhere else.
 *
 * - `again`: the world may change (network, rate limit, full disk): Temporal tries again.
 * - `replan`: the source moved under us (changed size, vanished, newer version): the item goes back to planning.
 * - `stop`: bad input, bad configuration, refused credentials: no retry; a person or a fix is needed.
 */
export type FailureKind = 'again' | 'replan' | 'stop';

export interface FailureFields {
  readonly kind: FailureKind;
  /** Stable, snake_case; what logs, metrics and quarantine entries are counted by. */
  readonly code: string;
  /** What happened, on what: one sentence without its full stop. */
  readonly happened: string;
  /** What was expected instead. */
  readonly expected?: string;
  /** What to do next: an imperative sentence without its full stop. */
  readonly remedy?: string;
  /** Wait at least this long before trying again (an HTTP Retry-After, a full disk). Milliseconds. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** Every failure Landfall raises itself. The message is assembled from the fields, so the two cannot disagree. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;
  readonly code: string;
  readonly happened: string;
  readonly expected: string | undefined;
  readonly remedy: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(fields: FailureFields) {
    super(sentence(fields), fields.cause === undefined ? undefined : { cause: fields.cause });
    this.kind = fields.kind;
    this.code = fields.code;
    this.happened = fields.happened;
    this.expected = fields.expected;
    this.remedy = fields.remedy;
    this.retryAfterMs = fields.retryAfterMs;
  }
}

function sentence({ happened, expected, remedy }: FailureFields): string {
  return [happened, expected === undefined ? undefined : `Expected ${expected}`, remedy]
    .filter((part) => part !== undefined)
    .map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
    .join(' ');
}

export const isFailure = (error: unknown, ...codes: readonly string[]): error is Failure =>
  error instanceof Failure && (codes.length === 0 || codes.includes(error.code));

/** Node's error code (`ENOENT`, `ENOSPC`, …) of an unknown thrown value, or undefined. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
