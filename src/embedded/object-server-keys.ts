import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '../config/secret.ts';
import { errnoOf, Failure } from '../errors.ts';

/** What a client of the embedded S3 server signs its requests with. */
export interface ObjectServerKeys {
  readonly accessKey: Secret;
  readonly secretKey: Secret;
}

export const objectServerFolder = (home: string): string => join(home, 's3');

const fileIn = (home: string): string => join(objectServerFolder(home), 'keys.json');

/** The keys of this home's S3 server: random, made once, in a file that only this user may read. */
export function ensureObjectServerKeys(home: string): ObjectServerKeys {
  const found = readObjectServerKeys(home);
  if (found !== null) return found;
  mkdirSync(objectServerFolder(home), { recursive: true });
  const keys = { accessKey: `LF${randomBytes(9).toString('hex').toUpperCase()}`, secretKey: randomBytes(30).toString('base64url') };
  const aside = `${fileIn(home)}.${process.pid}.new`;
  rmSync(aside, { force: true });
  try {
    writeFileSync(aside, `${JSON.stringify(keys)}\n`, { mode: 0o600, flag: 'wx' });
    linkSync(aside, fileIn(home)); // unlike a rename it never replaces keys that another start has just made
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
  return readObjectServerKeys(home) ?? ensureObjectServerKeys(home);
}

/**
 * The keys of this home's S3 server, or null when it has never had one.
 * @throws {Failure} `bad_keys_file` (stop): the file holds something else.
 */
export function readObjectServerKeys(home: string): ObjectServerKeys | null {
  const file = fileIn(home);
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isKeys(value)) throw badFile(file);
    chmodSync(file, 0o600); // a copied home may have lost its modes
    return { accessKey: new Secret(value.accessKey), secretKey: new Secret(value.secretKey) };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error instanceof SyntaxError ? badFile(file) : error;
  }
}

const badFile = (file: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'bad_keys_file',
    happened: `${file} does not hold the keys of the embedded S3 server`,
    remedy: 'Remove it: the next start makes new ones, and no object is lost by that',
  });

const isKeys = (value: unknown): value is { readonly accessKey: string; readonly secretKey: string } =>
  typeof value === 'object' &&
  value !== null &&
  'accessKey' in value &&
  typeof value.accessKey === 'string' &&
  'secretKey' in value &&
  typeof value.secretKey === 'string';
