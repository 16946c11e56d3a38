import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { Secret } from '../../config/secret.ts';
import type { On } from './failures.ts';
import { type Attempt, PATIENCE, type Patience, repeated } from './retry.ts';
import { s3Failure, said } from './s3-failures.ts';

export interface S3Options {
  /** Base address of the server. */
  readonly endpoint: string;
  readonly region: string;
  readonly isPathStyle: boolean;
  /** Absent: whatever other S3 clients find on this machine. */
  readonly keys?: { readonly accessKey: Secret; readonly secretKey: Secret };
  readonly bucket: string;
  /** Keys are below it; empty: the whole bucket. Without a slash at its end. */
  readonly prefix: string;
  /** Whether a bucket that is not there is made: for a server that is ours alone. */
  readonly createBucket?: boolean;
  readonly patience?: Patience;
  /** Size of the parts of large objects, of which three are in memory at once. S3 asks for 5 MiB at least. Bytes. */
  readonly partBytes?: number;
  /** Names that the server lists at once. */
  readonly pageKeys?: number;
}

/** A bucket's part below a prefix, and how it is asked. */
export interface Bucket {
  readonly client: S3Client;
  readonly name: string;
  readonly place: string;
  readonly partBytes: number;
  readonly pageKeys: number;
  /** The key in the bucket of a key in the store. */
  fullKey(key: string): string;
  ask<T>(asked: Asked, attempt: (attempt: Attempt) => Promise<T>): Promise<T>;
}

export interface Asked {
  /** For messages: `writing`. */
  readonly doing: string;
  readonly on: On;
  readonly signal?: AbortSignal | undefined;
  readonly fence?: (() => Promise<void>) | undefined;
  readonly sizeBytes?: number;
}

/** 10,000 parts of it are 80 GiB. */
const PART_BYTES = 8 * 1024 ** 2;

/** The most that S3 gives. */
const PAGE_KEYS = 1000;

/** A silence longer than that is a dead connection. Milliseconds. */
const SILENCE_MS = 30_000;
const CONNECT_MS = 10_000;

export function bucketOf({
  endpoint,
  region,
  isPathStyle,
  keys,
  bucket,
  prefix,
  patience = PATIENCE,
  partBytes = PART_BYTES,
  pageKeys = PAGE_KEYS,
}: S3Options): Bucket {
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: isPathStyle,
    maxAttempts: 1, // repeated here, where it is known that an earlier attempt may have taken effect
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
    ...(keys === undefined ? {} : { credentials: { accessKeyId: keys.accessKey.reveal(), secretAccessKey: keys.secretKey.reveal() } }),
  });
  return {
    client,
    name: bucket,
    place: prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`,
    partBytes,
    pageKeys,
    fullKey: (key) => (prefix === '' ? key : `${prefix}/${key}`),
    ask: ({ doing, on, signal, fence, sizeBytes = 0 }, attempt) =>
      repeated({ patience, signal, fence, sizeBytes, failureOf: (error) => s3Failure(error, doing, on) }, attempt),
  };
}

/** Asks for one name of the bucket: that shows whether it is there, and whether the credentials are good. */
export async function checkBucket(bucket: Bucket, createBucket: boolean): Promise<void> {
  const asked: Asked = { doing: 'opening', on: { place: bucket.place, key: 'the bucket' } };
  const look = async ({ signal }: Attempt) => {
    try {
      await bucket.client.send(new ListObjectsV2Command({ Bucket: bucket.name, MaxKeys: 1 }), { abortSignal: signal });
      return true;
    } catch (error) {
      if (createBucket && said(error, 'NoSuchBucket')) return false;
      throw error;
    }
  };
  if (await bucket.ask(asked, look)) return;
  await bucket.ask(asked, async ({ signal }) => {
    try {
      await bucket.client.send(new CreateBucketCommand({ Bucket: bucket.name }), { abortSignal: signal });
    } catch (error) {
      if (!said(error, 'BucketAlreadyOwnedByYou', 'BucketAlreadyExists')) throw error;
    }
  });
}
