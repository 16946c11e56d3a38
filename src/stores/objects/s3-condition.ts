import { crc32 } from 'node:zlib';
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

/** What a write whose answer was lost would have left. */
export interface Trace {
  readonly writeId: string;
  readonly sizeBytes: number;
  /** As S3 writes it; absent: the server has none of the whole object. */
  readonly crc32?: string;
}

/**
 * The version of what is there if that very write made it, else null. The id alone proves nothing: versitygw 1.8 keeps the metadata of an
 * object that another write without metadata replaced.
 */
export async function versionWrittenBy(bucket: Bucket, key: string, trace: Trace, signal: AbortSignal): Promise<string | null> {
  try {
    const command = new HeadObjectCommand({ Bucket: bucket.name, Key: bucket.fullKey(key), ChecksumMode: 'ENABLED' });
    const head = await bucket.client.send(command, { abortSignal: signal });
    const isOwn =
      head.Metadata?.[WRITE_ID] === trace.writeId &&
      head.ContentLength === trace.sizeBytes &&
      (trace.crc32 === undefined || head.ChecksumCRC32 === undefined || head.ChecksumCRC32 === trace.crc32);
    return isOwn ? (head.ETag ?? null) : null;
  } catch (error) {
    if (said(error, 404)) return null;
    throw error;
  }
}

/** A CRC32 as S3 writes it: four bytes in base64. */
export function crc32Of(bytes: Uint8Array): string {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(crc32(bytes));
  return four.toString('base64');
}
