import { randomUUID } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Body, PutOptions, Stored } from './contract.ts';
import { conditionFailed } from './failures.ts';
import { inParts } from './parts.ts';
import type { Bucket } from './s3-bucket.ts';
import { conditionHeaders, isUnmet, versionWrittenWhole, WRITE_ID } from './s3-condition.ts';
import { putInParts } from './s3-multipart.ts';

/** One request for what fits into one part; several beyond. */
export async function putS3(bucket: Bucket, key: string, body: Body, options: PutOptions): Promise<Stored> {
  const parts = inParts(body, bucket.partBytes);
  const first = await parts.next();
  if (first.done === true) return putWhole(bucket, key, new Uint8Array(), options);
  const second = await parts.next();
  if (second.done === true) return putWhole(bucket, key, first.value, options);
  return putInParts(bucket, key, prepended([first.value, second.value], parts), options);
}

async function* prepended<T>(first: readonly T[], rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield* first;
  yield* rest;
}

async function putWhole(bucket: Bucket, key: string, bytes: Uint8Array, options: PutOptions): Promise<Stored> {
  const on = { place: bucket.place, key };
  const { condition, contentType, fence, signal } = options;
  const writeId = randomUUID();
  const version = await bucket.ask({ doing: 'writing', on, fence, signal, sizeBytes: bytes.byteLength }, async (attempt) => {
    const command = new PutObjectCommand({
      Bucket: bucket.name,
      Key: bucket.fullKey(key),
      Body: bytes,
      ...(contentType === undefined ? {} : { ContentType: contentType }),
      ...(condition === undefined ? {} : { ...conditionHeaders(condition), Metadata: { [WRITE_ID]: writeId } }),
    });
    try {
      return (await bucket.client.send(command, { abortSignal: attempt.signal })).ETag;
    } catch (error) {
      if (!isUnmet(error, condition)) throw error;
      // An earlier attempt may have been carried out and its answer lost: then the other who has changed it is ourselves.
      const own = attempt.number === 1 ? null : await versionWrittenWhole(bucket, key, { writeId, bytes }, attempt.signal);
      if (own !== null) return own;
      throw conditionFailed(on, condition);
    }
  });
  return { sizeBytes: bytes.byteLength, version: version ?? '' };
}
