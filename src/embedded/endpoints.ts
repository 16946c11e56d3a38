import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../errors.ts';
import { isAlive, isProcessId, ownProcess } from './liveness.ts';
import { writeWhole } from './process.ts';

/** Where the servers answer. */
export interface Endpoints {
  /** `host:port` of the Temporal frontend. */
  readonly temporalAddress: string;
  /** The Web UI's address; null when Temporal is not ours and nobody said where its UI is. */
  readonly temporalUi: string | null;
  readonly mongodbUri: string;
  /** Base address of the S3 server; null when none was asked for. Its keys lie elsewhere: everybody may read this file. */
  readonly s3Endpoint: string | null;
}

const fileIn = (home: string): string => join(home, 'endpoints.json');

/** Says where the servers of this home answer for as long as this process lives. */
export function writeEndpoints(home: string, endpoints: Endpoints): void {
  mkdirSync(home, { recursive: true });
  writeWhole(fileIn(home), `${JSON.stringify({ ...endpoints, owner: ownProcess() }, null, 2)}\n`);
}

export const removeEndpoints = (home: string): void => rmSync(fileIn(home), { force: true });

/** The endpoints of the servers that run in this home, or null when none do: never written, or their owner is dead. */
export async function readEndpoints(home: string): Promise<Endpoints | null> {
  const written = parse(fileIn(home));
  if (written === null || !('owner' in written) || !isProcessId(written.owner) || !isAlive(written.owner)) return null;
  const { temporalAddress, temporalUi, mongodbUri, s3Endpoint } = written;
  return { temporalAddress, temporalUi, mongodbUri, s3Endpoint };
}

const ABSENT: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);

function parse(path: string): Endpoints | null {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || ABSENT.has(errnoOf(error))) return null;
    throw error;
  }
  return isEndpoints(value) ? value : null;
}

const isEndpoints = (value: unknown): value is Endpoints =>
  typeof value === 'object' &&
  value !== null &&
  'temporalAddress' in value &&
  typeof value.temporalAddress === 'string' &&
  'temporalUi' in value &&
  (value.temporalUi === null || typeof value.temporalUi === 'string') &&
  'mongodbUri' in value &&
  typeof value.mongodbUri === 'string' &&
  's3Endpoint' in value &&
  (value.s3Endpoint === null || typeof value.s3Endpoint === 'string');
