import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import type { Condition } from './contract.ts';
import type { Bucket } from './s3-bucket.ts';
import { said } from './s3-failures.ts';

/** Metadata of an object: which write made it. */
export const WRITE_ID = 'landfall-write';

export const conditionHeaders = (condition: Condition): { readonly IfNoneMatch: '*' } | { readonly IfMatch: string } =>
  condition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: condition.version };

/** 412; or 404 where a version was expected of an object that is gone. */
export const isUnmet = (error: unknown, condition: Condition | undefined): condition is Condition =>
  condition !== undefined && (said(error, 412) || (condition !== 'absent' && said(error, 'NoSuchKey', 'NotFound')));

/**
 * The version of what is there if that very write made it and its bytes are whole, else null.
 *
 * The id alone proves nothing: a server that was killed may have kept it without the bytes, and versitygw with a sidecar leaves it behind
 * when another replaces the object.
 */
export async function versionWrittenWhole(
  bucket: Bucket,
  key: string,
  { writeId, bytes }: { readonly writeId: string; readonly bytes: Uint8Array },
  signal: AbortSignal,
): Promise<string | null> {
  const found = await unlessAbsent(() =>
    bucket.client.send(new GetObjectCommand({ Bucket: bucket.name, Key: bucket.fullKey(key) }), { abortSignal: signal }),
  );
  const content = await found?.Body?.transformToByteArray();
  return found?.Metadata?.[WRITE_ID] === writeId && content !== undefined && Buffer.compare(content, bytes) === 0
    ? (found.ETag ?? null)
    : null;
}

/** The same of an upload in parts, whose bytes are here no more: judged by its size. */
export async function versionWrittenInParts(
  bucket: Bucket,
  key: string,
  { writeId, sizeBytes }: { readonly writeId: string; readonly sizeBytes: number },
  signal: AbortSignal,
): Promise<string | null> {
  const found = await unlessAbsent(() =>
    bucket.client.send(new HeadObjectCommand({ Bucket: bucket.name, Key: bucket.fullKey(key) }), { abortSignal: signal }),
  );
  return found?.Metadata?.[WRITE_ID] === writeId && found.ContentLength === sizeBytes ? (found.ETag ?? null) : null;
}

async function unlessAbsent<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (said(error, 404)) return null;
    throw error;
  }
}
