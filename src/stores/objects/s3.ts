import { CopyObjectCommand, DeleteObjectCommand } from '@aws-sdk/client-s3';
import { LARGEST_GET, type ListedObject, type ObjectStore, type Options, type WriteOptions } from './contract.ts';
import { checkRange, noSuchObject } from './failures.ts';
import { checkKey, checkPrefix } from './keys.ts';
import { type Bucket, bucketOf, checkBucket, type S3Options } from './s3-bucket.ts';
import { said } from './s3-failures.ts';
import { getS3, getS3Range, statS3 } from './s3-get.ts';
import { listS3, sweepS3 } from './s3-list.ts';
import { putS3 } from './s3-put.ts';

/** An open store on an S3 server; to be closed. */
export interface S3Store extends ObjectStore {
  /** Ends idle connections. */
  close(): void;
}

/**
 * Objects in a bucket below a prefix, at Amazon or any server that speaks S3. A version is the entity tag.
 *
 * The bytes of each request carry a CRC32 that the server checks; what comes back is checked by it where the server gives one. Conditions
 * are the server's: If-Match and If-None-Match.
 * @throws {Failure} `no_such_bucket`, `store_refused`, `credentials_expired`, `no_credentials`, `wrong_region` (stop); `store_unreachable` (again)
 */
export async function openS3(options: S3Options): Promise<S3Store> {
  const bucket = bucketOf(options);
  const close = () => bucket.client.destroy();
  try {
    if (options.prefix !== '') checkKey(options.prefix);
    await checkBucket(bucket, options.createBucket === true);
  } catch (error) {
    close();
    throw error;
  }
  return { ...operationsOn(bucket), close };
}

const operationsOn = (bucket: Bucket): ObjectStore => ({
  place: bucket.place,
  async put(key, body, given = {}) {
    checkKey(key);
    return putS3(bucket, key, body, given);
  },
  async get(key, { limitBytes = LARGEST_GET, ...given } = {}) {
    checkKey(key);
    return getS3(bucket, key, limitBytes, given);
  },
  async getRange(key, range, given = {}) {
    checkKey(key);
    checkRange({ place: bucket.place, key }, range);
    return getS3Range(bucket, key, range, given);
  },
  async stat(key, given = {}) {
    checkKey(key);
    const found = await statS3(bucket, key, given);
    return found === null ? null : { sizeBytes: found.sizeBytes, modifiedAt: found.modifiedAt };
  },
  async version(key, given = {}) {
    checkKey(key);
    return (await statS3(bucket, key, given))?.version ?? null;
  },
  list: (prefix, given = {}) => listChecked(bucket, prefix, given),
  async copy(from, to, given = {}) {
    checkKey(from);
    checkKey(to);
    await copyS3(bucket, from, to, given);
  },
  async delete(key, given = {}) {
    checkKey(key);
    await deleteS3(bucket, key, given);
  },
  sweep: (olderThanMs, given = {}) => sweepS3(bucket, Date.now() - olderThanMs, given),
});

async function* listChecked(bucket: Bucket, prefix: string, options: Options): AsyncGenerator<ListedObject> {
  checkPrefix(prefix);
  yield* listS3(bucket, prefix, options);
}

async function copyS3(bucket: Bucket, from: string, to: string, { fence, signal }: WriteOptions): Promise<void> {
  const source = `${bucket.name}/${bucket.fullKey(from)}`.split('/').map(encodeURIComponent).join('/');
  const command = new CopyObjectCommand({ Bucket: bucket.name, Key: bucket.fullKey(to), CopySource: source });
  await bucket.ask({ doing: 'copying to', on: { place: bucket.place, key: to }, fence, signal }, async (attempt) => {
    try {
      await bucket.client.send(command, { abortSignal: attempt.signal });
    } catch (error) {
      throw said(error, 'NoSuchKey', 'NotFound') ? noSuchObject({ place: bucket.place, key: from }) : error;
    }
  });
}

async function deleteS3(bucket: Bucket, key: string, { fence, signal }: WriteOptions): Promise<void> {
  const command = new DeleteObjectCommand({ Bucket: bucket.name, Key: bucket.fullKey(key) });
  await bucket.ask({ doing: 'deleting', on: { place: bucket.place, key }, fence, signal }, async (attempt) => {
    try {
      await bucket.client.send(command, { abortSignal: attempt.signal });
    } catch (error) {
      if (!said(error, 'NoSuchKey', 'NotFound')) throw error; // some servers say so instead of 204
    }
  });
}
