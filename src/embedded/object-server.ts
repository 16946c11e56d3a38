import type { Secret } from '../config/secret.ts';
import type { Settings } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import { readEndpoints } from './endpoints.ts';
import { readObjectServerKeys } from './object-server-keys.ts';

/** An S3 server and how it is spoken to. */
export interface ObjectServer {
  /** Base address. */
  readonly endpoint: string;
  readonly region: string;
  readonly isPathStyle: boolean;
  /** Absent: whatever other S3 clients find on this machine. */
  readonly keys?: { readonly accessKey: Secret; readonly secretKey: Secret };
  /** Whether it is ours: its buckets are made as they are needed. */
  readonly isEmbedded: boolean;
}

/**
 * The S3 server that settings name, else the embedded one that runs in this home.
 * @throws {Failure} `no_object_server` (stop): neither.
 */
export async function objectServer({ s3, home }: Pick<Settings, 's3' | 'home'>): Promise<ObjectServer> {
  if (s3.endpoint !== undefined) return { ...s3, endpoint: s3.endpoint, isEmbedded: false };
  const embedded = (await readEndpoints(home))?.s3Endpoint ?? null;
  const keys = readObjectServerKeys(home);
  if (embedded !== null && keys !== null) return { endpoint: embedded, region: 'us-east-1', isPathStyle: true, keys, isEmbedded: true };
  throw new Failure({
    kind: 'stop',
    code: 'no_object_server',
    happened: `No S3 server runs in ${home}, and S3_ENDPOINT is not set`,
    remedy: 'Name yours with S3_ENDPOINT, or keep the objects in a folder instead of s3://…',
  });
}
