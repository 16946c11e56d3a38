import type { Secret } from '../../config/secret.ts';
import type { StorePlace } from '../../config/store-place.ts';
import type { ObjectStore } from './contract.ts';
import { openDisk } from './disk.ts';

/** The S3 server that places in buckets are on. */
export interface S3Server {
  readonly endpoint: string;
  readonly region: string;
  readonly isPathStyle: boolean;
  readonly keys?: { readonly accessKey: Secret; readonly secretKey: Secret };
  /** Whether it is ours alone: then buckets are made as they are needed. */
  readonly isEmbedded: boolean;
}

export interface OpenOptions {
  /** Asked only for places in buckets. */
  readonly server: () => Promise<S3Server>;
  /** See `DiskOptions`. */
  readonly followLink?: boolean;
}

/** An open store and its end. */
export interface OpenStore {
  readonly store: ObjectStore;
  close(): void;
}

/** Opens the store at a place. @throws {Failure} as `openDisk` and `openS3` do */
export async function openStore(place: StorePlace, { server, followLink = false }: OpenOptions): Promise<OpenStore> {
  if (place.kind === 'disk') return { store: await openDisk({ folder: place.folder, followLink }), close: () => undefined };
  const { isEmbedded, ...connection } = await server();
  const { openS3 } = await import('./s3.ts'); // 0.3 s of loading that a folder does not need
  const store = await openS3({ ...connection, bucket: place.bucket, prefix: place.prefix, createBucket: isEmbedded });
  return { store, close: () => store.close() };
}
