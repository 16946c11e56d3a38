import { randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Failure } from '../../errors.ts';
import type { PutOptions, Stored } from './contract.ts';
import { conditionFailed, type On } from './failures.ts';
import type { Bucket } from './s3-bucket.ts';
import { conditionHeaders, isUnmet, versionWrittenInParts, WRITE_ID } from './s3-condition.ts';
import { said } from './s3-failures.ts';

/** Parts on their way at once: a third one hides the wait for an answer; more only cost memory. */
const WIDTH = 3;

/** S3's own limit. */
const MOST_PARTS = 10_000;

interface Upload {
  readonly bucket: Bucket;
  readonly key: string;
  readonly id: string;
  readonly writeId: string;
  readonly on: On;
}

/** Parts side by side, each repeated by itself and checked by its CRC32; the object appears when the last request is answered. */
export async function putInParts(bucket: Bucket, key: string, parts: AsyncIterable<Uint8Array>, options: PutOptions): Promise<Stored> {
  const { contentType, signal } = options;
  const on = { place: bucket.place, key };
  const writeId = randomUUID();
  const command = new CreateMultipartUploadCommand({
    Bucket: bucket.name,
    Key: bucket.fullKey(key),
    ChecksumAlgorithm: 'CRC32',
    Metadata: { [WRITE_ID]: writeId },
    ...(contentType === undefined ? {} : { ContentType: contentType }),
  });
  const id = await bucket.ask({ doing: 'beginning to write', on, signal }, async (attempt) => {
    const { UploadId: given } = await bucket.client.send(command, { abortSignal: attempt.signal });
    if (given !== undefined) return given;
    throw new Failure({ kind: 'again', code: 'store_error', happened: `${bucket.place} began an upload of ${key} without an id` });
  });
  const upload: Upload = { bucket, key, id, writeId, on };
  try {
    const { sent, sizeBytes } = await sendAll(upload, parts, signal);
    return { sizeBytes, version: await complete(upload, { sent, sizeBytes }, options) };
  } catch (error) {
    await discard(upload);
    throw error;
  }
}

interface Sent {
  readonly sent: readonly CompletedPart[];
  readonly sizeBytes: number;
}

async function sendAll(upload: Upload, parts: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): Promise<Sent> {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const sent: CompletedPart[] = [];
  const onTheirWay = new Set<Promise<void>>();
  let [number, sizeBytes] = [0, 0];
  try {
    for await (const bytes of parts) {
      number += 1;
      sizeBytes += bytes.byteLength;
      if (number > MOST_PARTS) throw tooManyParts(upload);
      const sending = send(upload, number, bytes, either).then((part) => {
        sent.push(part);
        onTheirWay.delete(sending);
      });
      onTheirWay.add(sending);
      if (onTheirWay.size >= WIDTH) await Promise.race(onTheirWay);
    }
    await Promise.all(onTheirWay);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(onTheirWay);
    throw error;
  }
  return { sent: sent.toSorted((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0)), sizeBytes };
}

function send({ bucket, key, id, on }: Upload, number: number, bytes: Uint8Array, signal: AbortSignal): Promise<CompletedPart> {
  return bucket.ask({ doing: `writing part ${number} of`, on, signal, sizeBytes: bytes.byteLength }, async (attempt) => {
    const place = { Bucket: bucket.name, Key: bucket.fullKey(key), UploadId: id, PartNumber: number };
    const command = new UploadPartCommand({ ...place, Body: bytes, ChecksumAlgorithm: 'CRC32' });
    const { ETag, ChecksumCRC32 } = await bucket.client.send(command, { abortSignal: attempt.signal });
    return { PartNumber: number, ETag, ChecksumCRC32 };
  });
}

function complete({ bucket, key, id, writeId, on }: Upload, { sent, sizeBytes }: Sent, options: PutOptions): Promise<string> {
  const { condition, fence, signal } = options;
  const command = new CompleteMultipartUploadCommand({
    Bucket: bucket.name,
    Key: bucket.fullKey(key),
    UploadId: id,
    MultipartUpload: { Parts: [...sent] },
    ...(condition === undefined ? {} : conditionHeaders(condition)),
  });
  return bucket.ask({ doing: 'finishing', on, fence, signal }, async (attempt) => {
    try {
      return (await bucket.client.send(command, { abortSignal: attempt.signal })).ETag ?? '';
    } catch (error) {
      const unmet = isUnmet(error, condition);
      // As for a single request: the answer to an earlier attempt may have been lost, and the upload is then over.
      const own =
        (unmet || said(error, 'NoSuchUpload')) && attempt.number > 1
          ? await versionWrittenInParts(bucket, key, { writeId, sizeBytes }, attempt.signal)
          : null;
      if (own !== null) return own;
      throw unmet && condition !== undefined ? conditionFailed(on, condition) : error;
    }
  });
}

/** Its parts cost room until they are removed. What cannot be removed now is left for the next sweep. */
async function discard({ bucket, key, id }: Upload): Promise<void> {
  const command = new AbortMultipartUploadCommand({ Bucket: bucket.name, Key: bucket.fullKey(key), UploadId: id });
  await bucket.client.send(command, { abortSignal: AbortSignal.timeout(10_000) }).catch(() => undefined);
}

const tooManyParts = ({ bucket, on: { place, key } }: Upload): Failure =>
  new Failure({
    kind: 'stop',
    code: 'object_too_large',
    happened: `${key} in ${place} has more than ${MOST_PARTS} parts of ${bucket.partBytes} bytes`,
    remedy: 'Store it in several objects',
  });
