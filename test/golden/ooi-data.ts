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

export interface GoldenFile {
  readonly request: string;
  readonly name: string;
  /** Absent where the file was left out. */
  readonly rows?: number;
  readonly dropped_no_time?: number;
  readonly skipped?: string;
}

export interface GoldenContent {
  readonly observations: number;
  readonly files: readonly GoldenFile[];
  readonly variables: Readonly<Record<string, GoldenVariable>>;
}

export const readGoldenContent = ({ table, name }: GoldenStore): GoldenContent =>
  JSON.parse(readFileSync(join(OOI_DATA, 'golden', table, `${name}.json`), 'utf8'));

/** Expected content, and the requests it was made from. */
export interface GoldenSeries extends GoldenStore {
  readonly requests: readonly string[];
}

/** Every expected content, those that are not there as a store too; `folder` is where such a store would be. */
export const goldenSeries = (): readonly GoldenSeries[] =>
  globSync('golden/*/*.json', { cwd: OOI_DATA })
    .toSorted()
    .map((path) => {
      const [, table = '', file = ''] = path.split('/');
      const name = file.replace(/\.json$/, '');
      const store = { table, name, folder: join(OOI_DATA, path.replace(/\.json$/, '.zarr')) };
      return { ...store, requests: [...new Set(readGoldenContent(store).files.map(({ request }) => request))] };
    });

/** What the facility made for a request. */
export const requestFolder = (request: string): string => join(OOI_DATA, 'server/async_results/harvester@example.org', request);
