import { after, before, beforeEach } from 'node:test';
import type { Patience } from '../../src/stores/objects/retry.ts';
import { openS3, type S3Store } from '../../src/stores/objects/s3.ts';
import type { S3Options } from '../../src/stores/objects/s3-bucket.ts';
import { type Fault, type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { startObjectServer, type TestObjectServer } from './object-server.ts';

export const QUICK: Patience = { attempts: 4, firstWaitMs: 1, longestWaitMs: 5, attemptMs: 60_000 };

/** More than anybody asks. */
export const always = (fault: Fault): readonly Fault[] => Array<Fault>(50).fill(fault);

export const failing = (status: number, code: string, headers: Readonly<Record<string, string>> = {}): Fault => ({
  kind: 'answer',
  status,
  code,
  headers,
});

/** A body that goes in three parts. */
export const large = (): Uint8Array => new Uint8Array(11_000_000).fill(7);

export interface FaultyPlace {
  readonly server: TestObjectServer;
  readonly proxy: FaultProxy;
  /** Through the proxy, with little patience. */
  readonly store: S3Store;
  /** The same place without the proxy. */
  readonly direct: S3Store;
  /** How the place is opened without the proxy. */
  readonly options: S3Options;
}

/** For each test of a file a place of its own on an S3 server behind a proxy that makes faults; all stop with the file. */
export function faultyPlace(): () => FaultyPlace {
  let server: TestObjectServer;
  let proxy: FaultProxy;
  let place: FaultyPlace;
  const opened: S3Store[] = [];
  before(async () => {
    server = await startObjectServer();
    proxy = await startFaultProxy(server.endpoint);
  });
  beforeEach(async () => {
    for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'HEAD']) proxy.fail(method);
    const options = server.options('faults', `place-${opened.length}`);
    const direct = await openS3(options);
    const store = await openS3({ ...options, endpoint: proxy.endpoint, patience: QUICK, partBytes: 5 * 1024 ** 2 });
    opened.push(direct, store);
    place = { server, proxy, store, direct, options };
  });
  after(async () => {
    for (const store of opened) store.close();
    await proxy.stop();
    await server.stop();
  });
  return () => place;
}
