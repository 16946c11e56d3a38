import { type Allowance, readAttribute, readAttributes } from './hdf5-attributes.ts';
import { type DatasetFacts, resolveDimensions } from './hdf5-dimensions.ts';
import { type DatasetMetadata, Hdf5Defect, type Hdf5Library } from './hdf5-library.ts';
import type { Snapshot, SnapshotBounds, SnapshotVariable } from './hdf5-messages.ts';
import { ncTypeOf } from './hdf5-types.ts';

/** What netCDF calls a scale that is no variable, and how it renames a variable whose name a dimension has taken. */
const NO_VARIABLE = 'This is a netCDF dimension but not a netCDF variable';
const RENAMED = '_nc4_non_coord_';

const OBJECT_GROUP = 0;
const OBJECT_DATASET = 1;
const OBJECT_TYPE = 2;

/** Larger than any length: HDF5 writes 2^64 - 1 for "may grow". */
const UNLIMITED = 2 ** 63;

interface Dataset {
  readonly facts: DatasetFacts;
  readonly stored: DatasetMetadata;
  readonly attributeNames: readonly string[];
  readonly isVariable: boolean;
}

/**
 * Everything of the root group but values. Groups below it, variables of types that NetCDF's atomic types cannot express (compound, opaque,
 * lists), and those without a shape, of which there is nothing to read, are left out.
 * @throws {Hdf5Defect}
 */
export function takeSnapshot(library: Hdf5Library, file: bigint, bounds: SnapshotBounds): Snapshot {
  const { module } = library;
  const allowance: Allowance = { left: bounds.attributeBytes };
  const links = module.get_names(file, '/', false);
  if (links.length > bounds.names) throw new Hdf5Defect(`it has ${links.length} variables; at most ${bounds.names} are read`);
  const datasets = links.filter((name) => isDataset(library, file, name)).map((name) => inspect(library, file, name, allowance));
  const { dimensions, ofDataset, contradiction } = resolveDimensions(datasets.map(({ facts }) => facts));
  if (contradiction !== null) throw new Hdf5Defect(contradiction);
  const variables = datasets.flatMap(({ facts: { dataset }, stored, attributeNames, isVariable }): SnapshotVariable[] => {
    const type = ncTypeOf(stored);
    if (!isVariable || type === null || stored.shape === null) return [];
    return [
      {
        name: dataset.startsWith(RENAMED) ? dataset.slice(RENAMED.length) : dataset,
        type,
        dimensions: ofDataset.get(dataset) ?? [],
        attributes: readAttributes(library, file, `/${dataset}`, attributeNames, allowance),
        dataset,
        valueBytes: stored.size,
      },
    ];
  });
  const attributes = readAttributes(library, file, '/', module.get_attribute_names(file, '/'), allowance);
  return { dimensions, attributes, variables };
}

function isDataset({ module }: Hdf5Library, file: bigint, name: string): boolean {
  const type = module.get_type(file, `/${name}`);
  if (type === OBJECT_GROUP || type === OBJECT_TYPE) return false;
  if (type === OBJECT_DATASET) return true;
  throw new Hdf5Defect(`the link ${name} leads nowhere`);
}

function inspect(library: Hdf5Library, file: bigint, dataset: string, allowance: Allowance): Dataset {
  const { module } = library;
  const path = `/${dataset}`;
  const stored = module.get_dataset_metadata(file, path);
  // The library would answer with fill values for every source that it cannot reach.
  if (stored.virtual_sources !== undefined) throw new Hdf5Defect(`${dataset} is a view of other datasets`);
  const attributeNames = module.get_attribute_names(file, path);
  const hidden = (name: string) => (attributeNames.includes(name) ? readAttribute(library, file, path, name, allowance) : null);
  const isScale = hidden('CLASS') === 'DIMENSION_SCALE';
  const label = isScale ? hidden('NAME') : null;
  const coordinates = integers(hidden('_Netcdf4Coordinates'));
  const shape = stored.shape ?? [];
  const isAttached = coordinates === null && attributeNames.includes('DIMENSION_LIST');
  return {
    facts: {
      dataset,
      shape,
      isUnlimited: (stored.maxshape ?? []).map((length) => length >= UNLIMITED),
      scale: isScale && shape.length > 0 ? { id: integers(hidden('_Netcdf4Dimid'))?.[0] ?? null } : null,
      coordinates,
      scales: isAttached ? shape.map((_, i) => module.get_attached_scales(file, path, i)[0]?.replace(/^\//, '') ?? null) : [],
    },
    stored,
    attributeNames,
    isVariable: !(typeof label === 'string' && label.startsWith(NO_VARIABLE)),
  };
}

const integers = (value: ReturnType<typeof readAttribute>): readonly number[] | null => (value instanceof Int32Array ? [...value] : null);
