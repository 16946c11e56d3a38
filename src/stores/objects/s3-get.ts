import { GetObjectCommand, type GetObjectCommandOutput, HeadObjectCommand } from '@aws-sdk/client-s3';
import { Failure } from '../../errors.ts';
import type { ByteRange, Found, ObjectStat, Options } from './contract.ts';
import { beyondEnd, cut, type On, tooLarge } from './failures.ts';
import type { Bucket } from './s3-bucket.ts';
import { said } from './s3-failures.ts';

/** Only a missing key: that the bucket is there was seen when it was opened, and a bucket that vanished since says so by name. */
const isAbsent = (error: unknown): boolean => said(error, 'NoSuchKey', 'NotFound');

export function getS3(bucket: Bucket, key: string, limitBytes: number, { signal }: Options): Promise<Found | null> {
  const on = { place: bucket.place, key };
  return bucket.ask({ doing: 'reading', on, signal }, async (attempt) => {
    const answer = await answerTo(bucket, key, {}, attempt.signal);
    if (answer === null) return null;
    const sizeBytes = answer.ContentLength ?? 0;
    if (sizeBytes > limitBytes) throw refuse(answer, tooLarge(on, sizeBytes, limitBytes));
    attempt.allow(sizeBytes);
    const bytes = await bytesOf(answer, on);
    return { bytes, sizeBytes, version: answer.ETag ?? '' };
  });
}

export function getS3Range(bucket: Bucket, key: string, range: ByteRange, { signal }: Options): Promise<Uint8Array | null> {
  const on = { place: bucket.place, key };
  const { offset, length } = range;
  return bucket.ask({ doing: 'reading', on, signal, sizeBytes: length }, async (attempt) => {
    try {
      const answer = await answerTo(bucket, key, { Range: `bytes=${offset}-${offset + length - 1}` }, attempt.signal);
      if (answer === null) return null;
      const given = answer.ContentLength ?? 0;
      if (given < length) throw refuse(answer, beyondEnd(on, range));
      if (given > length || (offset > 0 && answer.ContentRange === undefined)) throw refuse(answer, noRanges(on));
      return await bytesOf(answer, on);
    } catch (error) {
      throw said(error, 416) ? beyondEnd(on, range) : error;
    }
  });
}

async function answerTo(
  bucket: Bucket,
  key: string,
  more: { readonly Range?: string },
  signal: AbortSignal,
): Promise<GetObjectCommandOutput | null> {
  try {
    return await bucket.client.send(new GetObjectCommand({ Bucket: bucket.name, Key: bucket.fullKey(key), ...more }), {
      abortSignal: signal,
    });
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** The client checks the CRC where the server has one of the whole; the length is checked here. */
async function bytesOf({ Body: body, ContentLength: wanted = 0 }: GetObjectCommandOutput, on: On): Promise<Uint8Array> {
  const bytes = (await body?.transformToByteArray()) ?? new Uint8Array();
  if (bytes.byteLength !== wanted) throw cut(on, bytes.byteLength, wanted);
  return bytes;
}

/** An answer whose bytes nobody takes would keep its connection. */
function refuse({ Body: body }: GetObjectCommandOutput, failure: Failure): Failure {
  if (body !== undefined && 'destroy' in body && typeof body.destroy === 'function') body.destroy();
  return failure;
}

const noRanges = ({ place, key }: On): Failure =>
  new Failure({
    kind: 'stop',
    code: 'no_ranges',
    happened: `The server of ${place} answered with all of ${key} when a part was asked for`,
  });

export function statS3(bucket: Bucket, key: string, { signal }: Options): Promise<(ObjectStat & { readonly version: string }) | null> {
  return bucket.ask({ doing: 'looking for', on: { place: bucket.place, key }, signal }, async (attempt) => {
    try {
      const command = new HeadObjectCommand({ Bucket: bucket.name, Key: bucket.fullKey(key) });
      const { ContentLength, LastModified, ETag } = await bucket.client.send(command, { abortSignal: attempt.signal });
      return { sizeBytes: ContentLength ?? 0, modifiedAt: LastModified ?? new Date(0), version: ETag ?? '' };
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  });
}
