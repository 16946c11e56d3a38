import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The Argo test data beside the project: real files and what the collections' own loader made of them. */
const DATA = join(import.meta.dirname, '../../../shared/data/argo');

export const isArgoDataThere = existsSync(join(DATA, 'golden/order.txt'));
export const WITHOUT_ARGO_DATA = `the Argo test data is not there (${DATA})`;

/** The level that holds the DAC folders. */
export const ARGO_ROOT = join(DATA, 'gdac/dac');

/** The URL that the expected documents were made with. */
export const SOURCE_URL = 'ftp://ftp.ifremer.fr/ifremer/argo/dac/';

type Json = Readonly<Record<string, unknown>>;

export interface Golden {
  readonly files: readonly string[];
  readonly argo: Json;
  readonly argoMeta: Json;
}

export interface EdgeResult {
  readonly result: 'written' | 'rejected' | 'no_group';
  readonly reason?: string;
  readonly argo?: Json;
  readonly argoMeta?: Json;
}

export interface EdgeCase {
  readonly case: string;
  readonly why: string;
  readonly files: readonly string[];
  readonly original: EdgeResult;
  readonly required: 'same' | EdgeResult;
}

export interface BasinVector {
  readonly lon: number;
  readonly lat: number;
  readonly basin: number;
}

export const golden = <T>(path: string): T => JSON.parse(readFileSync(join(DATA, 'golden', path), 'utf8'));

/** The files of each profile, in load order; the profiles in the order of the list. */
export function readOrder(): readonly (readonly string[])[] {
  return readFileSync(join(DATA, 'golden/order.txt'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
}

export const readGolden = (path: string): Golden => golden(path);
export const readEdgeCase = (name: string): EdgeCase => golden(`edge/${name}`);
export const readBasinVectors = (): readonly BasinVector[] => golden<{ vectors: readonly BasinVector[] }>('basin_vectors.json').vectors;
export const GOLDEN_FOLDER = join(DATA, 'golden');
