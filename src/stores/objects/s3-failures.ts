import { errnoOf, Failure, type FailureKind, isFailure } from '../../errors.ts';
import { keyIsFolder, type On } from './failures.ts';

/** What an answer of an S3 server says of itself. Its message is left aside: it may repeat credentials. */
interface Answer {
  /** Such as `AccessDenied`. */
  readonly code: string;
  readonly status: number;
  readonly retryAfterMs: number | undefined;
}

/** The server's answer inside an error of the client; null when there was none. */
export function answerOf(error: unknown): Answer | null {
  if (!(error instanceof Error) || !('$metadata' in error)) return null;
  const { $metadata: metadata } = error;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return null;
  const status = metadata.httpStatusCode;
  return typeof status === 'number' ? { code: error.name, status, retryAfterMs: retryAfterOf(error) } : null;
}

/** Whether the server said one of these codes or statuses. */
export const said = (error: unknown, ...codes: readonly (string | number)[]): boolean => {
  const answer = answerOf(error);
  return answer !== null && (codes.includes(answer.code) || codes.includes(answer.status));
};

const EXPIRED: ReadonlySet<string> = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired']);
const FOLDER: ReadonlySet<string> = new Set([
  'ObjectParentIsFile',
  'ExistingObjectIsDirectory',
  'ExistingObjectIsFile',
  'XMinioParentIsObject',
]);
const FULL: ReadonlySet<string> = new Set(['QuotaExceeded', 'InsufficientStorage', 'XMinioStorageFull', 'NoSpaceLeft']);
/** Whatever the status: versitygw says 404 of a key id that it does not know. */
const REFUSED: ReadonlySet<string> = new Set(['AccessDenied', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'XAdminUserNotFound']);
const ELSEWHERE: ReadonlySet<string> = new Set(['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException']);
const PASSING: ReadonlySet<string> = new Set([
  'BadDigest',
  'XAmzContentChecksumMismatch',
  'XAmzContentSHA256Mismatch',
  'IncompleteBody',
  'RequestTimeout',
  'RequestTimeTooSkewed',
]);

/** A full server is rarely emptied within a minute. */
const FULL_RETRY_MS = 60_000;

/** Sorts any error of the S3 client into the three kinds; an error of our own making is passed on as it is. */
export function s3Failure(error: unknown, doing: string, on: On): unknown {
  if (isFailure(error)) return error;
  const answer = answerOf(error);
  return answer === null ? withoutAnswer(error, doing, on) : refused(answer, doing, on);
}

function refused({ code, status, retryAfterMs }: Answer, doing: string, on: On): Failure {
  const fail = (kind: FailureKind, name: string, what: string, more: Partial<Pick<Failure, 'remedy' | 'retryAfterMs'>> = {}) =>
    failure({ kind, code: name, what, doing, on, answer: `${code}, status ${status}`, ...more });
  if (FOLDER.has(code)) return keyIsFolder(on);
  if (EXPIRED.has(code)) {
    return fail('stop', 'credentials_expired', 'The credentials have expired', { remedy: 'Give the workers new ones and run it again' });
  }
  if (code === 'NoSuchBucket')
    return fail('stop', 'no_such_bucket', 'There is no such bucket', { remedy: 'Create it, or correct its name' });
  if (FULL.has(code) || status === 507) {
    return fail('again', 'store_full', 'The server has no room', { remedy: 'Make room there', retryAfterMs: FULL_RETRY_MS });
  }
  if (ELSEWHERE.has(code) || status === 301 || status === 307) {
    return fail('stop', 'wrong_region', 'The bucket is elsewhere', { remedy: 'Correct S3_ENDPOINT and S3_REGION' });
  }
  if (PASSING.has(code)) return fail('again', 'store_error', 'The server did not take the request');
  if (REFUSED.has(code) || status === 401 || status === 403) {
    return fail('stop', 'store_refused', 'The credentials were refused', { remedy: 'Check the keys, and what they may do in this bucket' });
  }
  if (status === 429 || status === 503) {
    return fail('again', 'store_busy', 'The server asks for patience', retryAfterMs === undefined ? {} : { retryAfterMs });
  }
  if (status >= 500 || status === 408 || status === 409) return fail('again', 'store_error', 'The server failed');
  if (status < 400) return fail('again', 'store_error', 'The answer makes no sense');
  return fail('stop', 'bad_request', 'The server does not accept the request');
}

function withoutAnswer(error: unknown, doing: string, on: On): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === 'CredentialsProviderError') {
    const remedy = 'Set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or what other S3 clients read';
    return failure({ kind: 'stop', code: 'no_credentials', what: 'There are no credentials', doing, on, answer: 'not asked', remedy });
  }
  if (error.message.startsWith('Checksum mismatch')) {
    return failure({
      kind: 'again',
      code: 'checksum_mismatch',
      what: 'Damaged bytes arrived',
      doing,
      on,
      answer: 'a CRC that does not fit',
    });
  }
  if (OWN_MISTAKE.has(error.name) && !('$response' in error)) return error;
  const remedy = 'Check that the server runs and can be reached; the work goes on by itself when it is back';
  const answer = errnoOf(error) ?? error.name;
  return failure({ kind: 'again', code: 'store_unreachable', what: 'The server did not answer', doing, on, answer, remedy });
}

const OWN_MISTAKE: ReadonlySet<string> = new Set(['TypeError', 'ReferenceError', 'RangeError']);

interface Told {
  readonly kind: FailureKind;
  readonly code: string;
  readonly what: string;
  readonly doing: string;
  readonly on: On;
  readonly answer: string;
  readonly remedy?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** Without the client's own error as cause: it carries the signed request. */
const failure = ({ kind, code, what, doing, on: { place, key }, answer, remedy, retryAfterMs }: Told): Failure =>
  new Failure({
    kind,
    code,
    happened: `${what} while ${doing} ${key} in ${place} (${answer})`,
    ...(remedy === undefined ? {} : { remedy }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

/** The seconds of a Retry-After header; dates are not used by S3 servers. */
function retryAfterOf(error: object): number | undefined {
  if (!('$response' in error) || typeof error.$response !== 'object' || error.$response === null) return undefined;
  const { $response: response } = error;
  if (!('headers' in response) || typeof response.headers !== 'object' || response.headers === null) return undefined;
  const seconds = 'retry-after' in response.headers ? Number(response.headers['retry-after']) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
