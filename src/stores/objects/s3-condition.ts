import { HeadObjectCommand } from '@aws-sdk/client-s3';
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

/** The version of what is there if that very write made it, else null. */
export async function versionWrittenBy(bucket: Bucket, key: string, writeId: string, signal: AbortSignal): Promise<string | null> {
  try {
    const head = new HeadObjectCommand({ Bucket: bucket.name, Key: bucket.fullKey(key) });
    const { Metadata: metadata, ETag: version } = await bucket.client.send(head, { abortSignal: signal });
    return metadata?.[WRITE_ID] === writeId ? (version ?? null) : null;
  } catch (error) {
    if (said(error, 404)) return null;
    throw error;
  }
}
