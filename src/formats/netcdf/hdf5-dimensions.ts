/** What an HDF5 dataset tells about its dimensions. Source: "NetCDF-4 format" of the NetCDF User's Guide. */
export interface DatasetFacts {
  readonly dataset: string;
  readonly shape: readonly number[];
  /** Which of its dimensions may grow. */
  readonly isUnlimited: readonly boolean[];
  /** It is a dimension scale; the number is the dimension's place in the file where netCDF wrote one (`_Netcdf4Dimid`). */
  readonly scale: { readonly id: number | null } | null;
  /** `_Netcdf4Coordinates`: the dimension numbers that netCDF wrote down where scales alone cannot say it. */
  readonly coordinates: readonly number[] | null;
  /** The name of the dataset that is the scale of each dimension, where one is attached. */
  readonly scales: readonly (string | null)[];
}

export interface ResolvedDimensions {
  readonly dimensions: readonly { readonly name: string; readonly size: number; readonly isUnlimited: boolean }[];
  /** For every dataset the positions of its dimensions in `dimensions`. */
  readonly ofDataset: ReadonlyMap<string, readonly number[]>;
  /** What contradicts itself, as a sentence; null when all is well. */
  readonly contradiction: string | null;
}

interface Draft {
  readonly name: string;
  readonly dataset: string | null;
  readonly id: number | null;
  size: number;
  readonly isUnlimited: boolean;
}

/**
 * Names the dimensions of every dataset as the netCDF library does: by the numbers it wrote down, by attached scales, and where there is
 * neither by inventing `phony_dim_<n>` for each length. An unlimited dimension is as long as the longest dataset along it.
 */
export function resolveDimensions(datasets: readonly DatasetFacts[]): ResolvedDimensions {
  const drafts = scaleDimensions(datasets);
  const ofDataset = new Map<string, readonly number[]>();
  for (const facts of datasets) {
    const found = dimensionsOf(facts, drafts);
    if (typeof found === 'string') return { dimensions: [], ofDataset, contradiction: found };
    ofDataset.set(facts.dataset, found);
    for (const [i, at] of found.entries()) {
      const draft = drafts[at];
      if (draft?.isUnlimited) draft.size = Math.max(draft.size, facts.shape[i] ?? 0);
    }
  }
  return { dimensions: drafts.map(({ name, size, isUnlimited }) => ({ name, size, isUnlimited })), ofDataset, contradiction: null };
}

function scaleDimensions(datasets: readonly DatasetFacts[]): Draft[] {
  const drafts = datasets.flatMap(({ dataset, shape, isUnlimited, scale }) =>
    scale === null ? [] : [{ name: dataset, dataset, id: scale.id, size: shape[0] ?? 0, isUnlimited: isUnlimited[0] ?? false }],
  );
  return drafts.sort((a, b) => (a.id ?? Number.MAX_SAFE_INTEGER) - (b.id ?? Number.MAX_SAFE_INTEGER));
}

function dimensionsOf(facts: DatasetFacts, drafts: Draft[]): readonly number[] | string {
  const used: number[] = [];
  for (const [i, length] of facts.shape.entries()) {
    const at = findDimension(facts, i, drafts) ?? phonyDimension(length, facts.isUnlimited[i] ?? false, drafts, used);
    const draft = drafts[at];
    if (draft === undefined) return `${facts.dataset} uses a dimension that the file does not have`;
    if (draft.size !== length && !draft.isUnlimited)
      return `${facts.dataset} has ${length} entries along ${draft.name}, which has ${draft.size}`;
    used.push(at);
  }
  return used;
}

/** Undefined: nothing in the file names this dimension. -1: what it names does not exist. */
function findDimension(facts: DatasetFacts, index: number, drafts: readonly Draft[]): number | undefined {
  const id = facts.coordinates?.length === facts.shape.length ? facts.coordinates[index] : undefined;
  if (id !== undefined) return drafts.findIndex((draft) => draft.id === id);
  if (facts.scale !== null && index === 0) return drafts.findIndex(({ dataset }) => dataset === facts.dataset);
  const scale = facts.scales[index] ?? null;
  return scale === null ? undefined : drafts.findIndex(({ dataset }) => dataset === scale);
}

function phonyDimension(length: number, isUnlimited: boolean, drafts: Draft[], used: readonly number[]): number {
  const known = drafts.findIndex((draft, at) => draft.size === length && draft.isUnlimited === isUnlimited && !used.includes(at));
  if (known !== -1) return known;
  drafts.push({ name: `phony_dim_${drafts.length}`, dataset: null, id: null, size: length, isUnlimited });
  return drafts.length - 1;
}
