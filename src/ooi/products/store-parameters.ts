import type { JsonObject } from '../../formats/zarr/json.ts';
import { parseTable } from '../names.ts';
import { plain, textAt } from './attributes.ts';
import type { LiveStore } from './live-stores.ts';
import type { StoreVariable } from './store-metadata.ts';
import type { ParameterRow, StreamRow } from './streams.ts';

/** A parameter as `instruments_catalog.json` has it: what the facility says of it goes before what the store says, but for the level. */
export type CatalogParameter = Readonly<Record<string, unknown>>;

/** Parameters of a stream that has no store: as the facility lists them. */
export const listedParameters = (stream: StreamRow, parameters: readonly ParameterRow[]): readonly CatalogParameter[] =>
  parameters.map((parameter) => ({ ...parameter, stream: `${stream.method}-${stream.stream}` }));

/** Parameters of a stream's store: its variables, with their dimensions. */
export function storedParameters({ table, metadata }: LiveStore, listed: readonly ParameterRow[], now: Date): readonly CatalogParameter[] {
  const name = parseTable(table);
  return metadata.variables.map((variable) => {
    const facility = listed.find(({ reference_designator }) => reference_designator === variable.name);
    return {
      ...ofVariable(variable),
      ...facility,
      data_level: levelOf(textAt(variable.attributes, 'data_product_identifier')) ?? facility?.data_level ?? null,
      stream: name === null ? null : `${name.method}-${name.stream}`,
      dimensions: variable.dimensions,
      ...(variable.name === 'time' ? { unit: 'UTC', parameter_name: 'Time' } : {}),
      last_updated: now.toISOString(),
    };
  });
}

function ofVariable({ name, attributes }: StoreVariable): CatalogParameter {
  const product = textAt(attributes, 'data_product_identifier');
  return {
    pid: null,
    reference_designator: name,
    parameter_name: textAt(attributes, 'long_name') ?? titleOf(name),
    netcdf_name: name,
    standard_name: textAt(attributes, 'standard_name'),
    description: textAt(attributes, 'comment'),
    unit: unitOf(attributes),
    data_product_type: product === null ? null : 'Science Data',
    data_product_identifier: product,
  };
}

/** `L1` in `TEMPWAT_L1`; null where there is none. */
const levelOf = (product: string | null): number | null => {
  const [, level] = /L(\d+)/.exec(product ?? '') ?? [];
  return level === undefined ? null : Number(level);
};

/** Units may be a list of texts. */
const unitOf = ({ units }: JsonObject): unknown => (units === undefined ? null : plain(units));

const titleOf = (name: string): string => name.replaceAll('_', ' ').replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
