import { textRead } from './values.ts';

/** Where a store of objects is. */
export type StorePlace =
  | { readonly kind: 'disk'; readonly folder: string }
  /** `prefix` without a slash at its end; empty: the whole bucket. */
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

/** S3's rules for names of buckets, which keep a name from meaning anything in a host name or a path. */
const BUCKET = /^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/;

const PREFIX = /^(?:[A-Za-z0-9_=+,-][A-Za-z0-9._=+,-]*(?:\/[A-Za-z0-9_=+,-][A-Za-z0-9._=+,-]*)*)?$/;

const EXPECTED = 'a folder such as stores/ooi or /data/ooi, or a bucket such as s3://bucket/ooi; without a user, a password or ".."';

/** Reads `s3://bucket/prefix` or the path of a folder; null when it is neither. */
export function parseStorePlace(written: string): StorePlace | null {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]*)\/?(.*?)\/?$/.exec(written) ?? [];
  if (bucket !== undefined) return BUCKET.test(bucket) && PREFIX.test(prefix) ? { kind: 's3', bucket, prefix } : null;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? null : { kind: 'disk', folder: written };
}

/** In a flow file: a folder or a bucket. A relative folder is resolved against that of the file, before the schema sees it. */
export const storePlace = textRead(/^[^~\-\x00-\x1f\x7f][^\x00-\x1f\x7f]*$/, EXPECTED, parseStorePlace).meta({ format: 'place' });
