import { stringify } from 'yaml';
import { Failure } from '../../errors.ts';
import type { JsonObject } from '../../formats/zarr/json.ts';
import { parseTable } from '../names.ts';
import { plain, textAt } from './attributes.ts';
import type { LiveStore } from './live-stores.ts';
import type { StoreVariable } from './store-metadata.ts';
import type { Made, Omission } from './table.ts';

export const CATALOG_KEY = 'catalog.yaml';

export interface CatalogTexts {
  readonly name: string;
  readonly description: string;
  readonly owner: string;
}

export const CATALOG_TEXTS: CatalogTexts = {
  name: 'OOI Data Streams Catalog',
  description: 'Zarr stores of the data streams of the Ocean Observatories Initiative.',
  owner: 'Ocean Observatories Initiative',
};

/**
 * The intake catalogue: one source for each store, its data products being `time` and the variables whose product identifier holds L1, L2 or
 * BOTSFLU. Specification 8.5. A store that lacks what the catalogue says of each is among the omissions.
 */
export function intakeCatalog(stores: readonly LiveStore[], now: Date, texts: CatalogTexts = CATALOG_TEXTS): Made<string> {
  const sources: Record<string, unknown> = {};
  const omissions: Omission[] = [];
  for (const store of stores.toSorted((a, b) => (a.table < b.table ? -1 : 1))) {
    try {
      sources[store.table] = sourceOf(store);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      omissions.push({ what: store.table, why: error.message });
    }
  }
  const { name, description, owner } = texts;
  const catalog = { name, description, metadata: { version: '0.1.0', last_updated: now.toISOString(), owner }, sources };
  return { value: stringify(catalog, { aliasDuplicateObjects: false, lineWidth: 0 }), omissions };
}

function sourceOf({ table, address, metadata: { attributes, variables } }: LiveStore): unknown {
  const name = parseTable(table);
  if (name === null) throw unfit('its name is none of a stream');
  if (!variables.some((variable) => variable.name === 'time')) throw unfit('it has no variable time');
  const products = variables.filter(isProduct);
  return {
    description: textAt(attributes, 'title') ?? '',
    metadata: {
      id: table,
      owner: textAt(attributes, 'Owner'),
      notes: textAt(attributes, 'Notes'),
      reference_designator: {
        site: name.instrument.slice(0, 8),
        infrastructure: name.instrument.slice(0, 14),
        instrument: name.instrument,
        stream_method: name.method,
        stream: name.stream,
      },
      data_products: products.map((variable) => ({ reference_designator: variable.name, ...plainObject(variable.attributes) })),
    },
    driver: 'zarr',
    args: { urlpath: address, consolidated: true, ...(address.startsWith('s3://') ? { storage_options: { anon: true } } : {}) },
  };
}

function isProduct({ name, attributes }: StoreVariable): boolean {
  const product = textAt(attributes, 'data_product_identifier');
  return name === 'time' || (product !== null && /L1|L2|BOTSFLU/.test(product));
}

const plainObject = (attributes: JsonObject): object => {
  const value = plain(attributes);
  return typeof value === 'object' && value !== null ? value : {};
};

const unfit = (what: string): Failure =>
  new Failure({ kind: 'stop', code: 'unfit_store', happened: `It is not in the catalogue: ${what}` });
