import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbedded } from '../../src/embedded/embedded.ts';
import { readObjectServerKeys } from '../../src/embedded/object-server-keys.ts';
import type { S3Options } from '../../src/stores/objects/s3-bucket.ts';
import { room } from './room.ts';

export interface TestObjectServer {
  readonly endpoint: string;
  readonly home: string;
  /** How to open a store there; its bucket is made as needed. */
  options(bucket: string, prefix?: string): S3Options;
  stop(): Promise<void>;
}

/** The embedded S3 server alone, in a temporary folder. */
export async function startObjectServer(): Promise<TestObjectServer> {
  const home = mkdtempSync(join(room, 'landfall-objects-'));
  const elsewhere = { temporalAddress: '127.0.0.1:1', mongodbUri: 'mongodb://127.0.0.1:1/' };
  const embedded = await startEmbedded({ home, report: () => undefined, configured: elsewhere, usualPorts: false, s3: true });
  const endpoint = embedded.endpoints.s3Endpoint ?? '';
  const keys = readObjectServerKeys(home);
  if (keys === null) throw new Error('a started server has keys');
  return {
    endpoint,
    home,
    options: (bucket, prefix = '') => ({ endpoint, region: 'us-east-1', isPathStyle: true, keys, bucket, prefix, createBucket: true }),
    async stop() {
      await embedded.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
