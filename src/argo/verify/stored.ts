/** Documents as they are found in the database. They are what is being checked, so nothing about their form is taken for granted. */
export type StoredDocument = Readonly<Record<string, unknown>>;

/** A profile and the description of its float; null: `metadata` names none that is there. */
export interface StoredPair {
  readonly profile: StoredDocument;
  readonly metadata: StoredDocument | null;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isDocument = (value: unknown): value is StoredDocument => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The documents in a list; whatever else stands in it is left out. */
const documentsIn = (value: unknown): readonly StoredDocument[] => listOf(value).filter(isDocument);

export const warningsOf = ({ data_warning }: StoredDocument): ReadonlySet<unknown> => new Set(listOf(data_warning));

/** What the synthetic file said instead, by field. */
export const mismatchesOf = ({ bgc_mismatches }: StoredDocument): StoredDocument => (isDocument(bgc_mismatches) ? bgc_mismatches : {});

export const sourcesOf = ({ source }: StoredDocument): readonly StoredDocument[] => documentsIn(source);

export function metadataIdOf({ metadata }: StoredDocument): string | null {
  const [first] = listOf(metadata);
  return typeof first === 'string' ? first : null;
}

/** The measurements of a document by key, and the rows at a rounded pressure in the order they stand. */
export interface StoredLevels {
  readonly keys: readonly string[];
  readonly rows: ReadonlyMap<string, readonly unknown[]>;
  /** The columns that hold this pressure. */
  at(pressure: number): readonly number[];
}

export function levelsIn({ data, data_info }: StoredDocument, pressureKey: string): StoredLevels {
  const keys = listOf(listOf(data_info)[0]).map(String);
  const all = listOf(data);
  const rows = new Map(keys.map((key, at) => [key, listOf(all[at])]));
  const found = new Map<unknown, number[]>();
  rows.get(pressureKey)?.forEach((pressure, column) => {
    const there = found.get(pressure);
    if (there === undefined) found.set(pressure, [column]);
    else there.push(column);
  });
  return { keys: [...rows.keys()], rows, at: (pressure) => found.get(pressure) ?? [] };
}
