import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The OOI test data beside the project: expected content of each store, as text and as stores. */
export const OOI_DATA = join(import.meta.dirname, '../../../shared/data/ooi');

export const isOoiDataThere = existsSync(join(OOI_DATA, 'golden'));
export const WITHOUT_OOI_DATA = `the OOI test data is not there (${OOI_DATA})`;

export interface GoldenVariable {
  readonly dtype: string;
  readonly dims: readonly string[];
  readonly shape: readonly number[];
  readonly fill_value: number | string | null;
  /** Of the bytes of all values. */
  readonly sha256: string;
}

export interface GoldenStore {
  readonly table: string;
  readonly name: string;
  readonly folder: string;
}

/** Every expected content that is also there as a store. */
export const goldenStores = (): readonly GoldenStore[] =>
  globSync('golden/*/*.zarr', { cwd: OOI_DATA })
    .toSorted()
    .map((path) => {
      const [, table = '', file = ''] = path.split('/');
      return { table, name: file.replace(/\.zarr$/, ''), folder: join(OOI_DATA, path) };
    });

export interface GoldenContent {
  readonly observations: number;
  readonly variables: Readonly<Record<string, GoldenVariable>>;
}

export const readGoldenContent = ({ table, name }: GoldenStore): GoldenContent =>
  JSON.parse(readFileSync(join(OOI_DATA, 'golden', table, `${name}.json`), 'utf8'));
