import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { ListedObject, Options, SweepOptions } from './contract.ts';
import { badKey } from './keys.ts';
import type { Bucket } from './s3-bucket.ts';

/** A page at a time, as the server gives them. */
export async function* listS3(bucket: Bucket, prefix: string, { signal }: Options): AsyncGenerator<ListedObject> {
  const on = { place: bucket.place, key: prefix === '' ? 'everything' : prefix };
  const root = bucket.fullKey('');
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({
      Bucket: bucket.name,
      Prefix: `${root}${prefix}`,
      EncodingType: 'url', // names of others may hold what XML cannot; not every server does it
      MaxKeys: bucket.pageKeys,
      ...(token === undefined ? {} : { ContinuationToken: token }),
    });
    const page = await bucket.ask({ doing: 'listing', on, signal }, (attempt) =>
      bucket.client.send(command, { abortSignal: attempt.signal }),
    );
    for (const { Key: encoded = '', Size: sizeBytes = 0, LastModified: modifiedAt = new Date(0) } of page.Contents ?? []) {
      const key = (page.EncodingType === 'url' ? decoded(encoded) : encoded).slice(root.length);
      if (badKey(key) === null) yield { key, sizeBytes, modifiedAt };
    }
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

/** Form encoding: a blank is a plus sign. */
const decoded = (encoded: string): string => decodeURIComponent(encoded.replaceAll('+', ' '));

/** Discards uploads that nobody finished. */
export async function sweepS3(bucket: Bucket, begunBefore: number, { prefix = '', signal }: SweepOptions): Promise<number> {
  const on = { place: bucket.place, key: 'unfinished uploads' };
  const unfinished: { readonly Key: string; readonly UploadId: string }[] = [];
  let from: { readonly KeyMarker?: string; readonly UploadIdMarker?: string } | undefined = {};
  while (from !== undefined) {
    const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
      Bucket: bucket.name,
      Prefix: bucket.fullKey(prefix),
      ...from,
    });
    const page = await bucket.ask({ doing: 'listing', on, signal }, (attempt) =>
      bucket.client.send(command, { abortSignal: attempt.signal }),
    );
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (Key !== undefined && UploadId !== undefined && (Initiated?.getTime() ?? 0) < begunBefore) unfinished.push({ Key, UploadId });
    }
    const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = page;
    from =
      IsTruncated === true && NextKeyMarker !== undefined
        ? { KeyMarker: NextKeyMarker, ...(NextUploadIdMarker === undefined ? {} : { UploadIdMarker: NextUploadIdMarker }) }
        : undefined;
  }
  for (const upload of unfinished) {
    const command = new AbortMultipartUploadCommand({ Bucket: bucket.name, ...upload });
    await bucket.ask({ doing: 'discarding', on, signal }, (attempt) => bucket.client.send(command, { abortSignal: attempt.signal }));
  }
  return unfinished.length;
}
