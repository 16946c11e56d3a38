/** What the profiles of one description of a float add up to. Times are null where no profile has one. */
export interface DescriptionFacts {
  readonly dataCenter: string | null;
  readonly platform: string | null;
  /** Profiles; and those whose sources carry a tag. */
  readonly profiles: number;
  readonly core: number;
  readonly bgc: number;
  readonly deep: number;
  readonly earliest: Date | null;
  readonly latest: Date | null;
  /** Of the profiles with a source `argo_bgc`. */
  readonly latestBgc: Date | null;
  /** Of the profiles whose time is flagged good (1). */
  readonly earliestGood: Date | null;
  /** Extreme latitudes in degrees, missing positions left out. */
  readonly south: number | null;
  readonly north: number | null;
  /** Distinct data keys. */
  readonly keys: readonly string[];
}

export interface Counted {
  readonly n: number;
  readonly mostrecent: Date | null;
}

/** What all profiles of a flow add up to: everything that the summary documents say. */
export interface ArchiveFacts {
  readonly profiles: number;
  readonly core: number;
  readonly bgc: number;
  readonly deep: number;
  readonly earliest: Date | null;
  readonly latest: Date | null;
  readonly earliestGood: Date | null;
  readonly south: number | null;
  readonly north: number | null;
  /** By data centre. */
  readonly centres: ReadonlyMap<string, Counted>;
  /** By platform, those with a BGC profile alone. */
  readonly bgcPlatforms: ReadonlyMap<string, Counted>;
  readonly keys: ReadonlySet<string>;
}

export const noFacts: ArchiveFacts = {
  profiles: 0,
  core: 0,
  bgc: 0,
  deep: 0,
  earliest: null,
  latest: null,
  earliestGood: null,
  south: null,
  north: null,
  centres: new Map(),
  bgcPlatforms: new Map(),
  keys: new Set(),
};

/** Adds what further descriptions say. Memory grows with centres, BGC platforms and keys, never with profiles. */
export function addFacts(known: ArchiveFacts, rows: readonly DescriptionFacts[]): ArchiveFacts {
  const all = [known, ...rows];
  const sum = (of: (one: ArchiveFacts | DescriptionFacts) => number): number => all.reduce((total, one) => total + of(one), 0);
  return {
    profiles: sum(({ profiles }) => profiles),
    core: sum(({ core }) => core),
    bgc: sum(({ bgc }) => bgc),
    deep: sum(({ deep }) => deep),
    earliest: all.map(({ earliest }) => earliest).reduce(earlier),
    latest: all.map(({ latest }) => latest).reduce(later),
    earliestGood: all.map(({ earliestGood }) => earliestGood).reduce(earlier),
    south: all.map(({ south }) => south).reduce(lower),
    north: all.map(({ north }) => north).reduce(higher),
    centres: counted(
      known.centres,
      rows.map(({ dataCenter, profiles, latest }) => ({ name: dataCenter, n: profiles, mostrecent: latest })),
    ),
    bgcPlatforms: counted(
      known.bgcPlatforms,
      rows.map(({ platform, bgc, latestBgc }) => ({ name: platform, n: bgc, mostrecent: latestBgc })),
    ),
    keys: new Set([...known.keys, ...rows.flatMap(({ keys }) => keys)]),
  };
}

function counted(
  known: ReadonlyMap<string, Counted>,
  rows: readonly (Counted & { readonly name: string | null })[],
): ReadonlyMap<string, Counted> {
  const sums = new Map(known);
  for (const { name, n, mostrecent } of rows) {
    if (name === null || n === 0) continue;
    const before = sums.get(name);
    sums.set(name, { n: n + (before?.n ?? 0), mostrecent: later(before?.mostrecent ?? null, mostrecent) });
  }
  return sums;
}

type Choice<T> = (a: T | null, b: T | null) => T | null;

const choice =
  <T>(isBetter: (a: T, b: T) => boolean): Choice<T> =>
  (a, b) => {
    if (a === null || b === null) return a ?? b;
    return isBetter(b, a) ? b : a;
  };

const earlier = choice<Date>((a, b) => a < b);
const later = choice<Date>((a, b) => a > b);
const lower = choice<number>((a, b) => a < b);
const higher = choice<number>((a, b) => a > b);
