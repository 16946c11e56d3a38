import type { Db, Document } from 'mongodb';
import { within } from '../../stores/mongo.ts';
import type { ArgoFlow } from '../flow.ts';
import { type ArchiveFacts, addFacts, type DescriptionFacts, noFacts } from './facts.ts';

/** A float has some 150 profiles: so many descriptions are a query of a second or two, which can be cancelled and shows that it moves. */
const DESCRIPTIONS = 100;

export interface Reading {
  readonly signal: AbortSignal;
  /** After each page of descriptions. */
  readonly onProgress: (progress: { readonly descriptions: number; readonly profiles: number }) => void;
}

interface Description {
  readonly _id: string;
  readonly data_center?: string;
  readonly platform?: string;
}

/**
 * Adds up all profiles in the database: nothing but sums leaves it. Goes by pages of descriptions, over the index `metadata`, so that
 * no query runs for hours on millions of profiles; each document is read once.
 */
export async function readFacts(products: Db, { collections }: Pick<ArgoFlow, 'collections'>, reading: Reading): Promise<ArchiveFacts> {
  const { signal, onProgress } = reading;
  const argoMeta = products.collection<Description>(collections.argoMeta);
  const argo = products.collection(collections.argo);
  let facts = noFacts;
  let descriptions = 0;
  let last = '';
  for (;;) {
    signal.throwIfAborted();
    const page = await within(`reading ${collections.argoMeta}`, () =>
      argoMeta
        .find({ _id: { $gt: last } }, { projection: { data_center: 1, platform: 1 }, signal })
        .sort({ _id: 1 })
        .limit(DESCRIPTIONS)
        .toArray(),
    );
    if (page.length === 0) return facts;
    const rows = await within(`adding up ${collections.argo}`, () =>
      argo.aggregate<SumRow>(sums(page.map(({ _id }) => _id)), { signal }).toArray(),
    );
    facts = addFacts(facts, describe(page, rows));
    last = page.at(-1)?._id ?? last;
    descriptions += page.length;
    onProgress({ descriptions, profiles: facts.profiles });
  }
}

interface SumRow extends Omit<DescriptionFacts, 'dataCenter' | 'platform' | 'keys'> {
  readonly _id: string;
  /** As the documents have them: texts, in every document that Landfall made. */
  readonly keys: readonly (readonly unknown[] | null)[];
}

function describe(page: readonly Description[], rows: readonly SumRow[]): readonly DescriptionFacts[] {
  const byId = new Map(page.map((description) => [description._id, description]));
  return rows.flatMap(({ _id, keys, ...sum }) => {
    const description = byId.get(_id);
    if (description === undefined) return [];
    const { data_center: dataCenter = null, platform = null } = description;
    return [{ ...sum, dataCenter, platform, keys: keys.flatMap((list) => list ?? []).filter((key) => typeof key === 'string') }];
  });
}

/**
 * Cuts nothing off. DocumentDB works a projection out anew, from the whole document, for each sum that uses it, unless a stage stands
 * between the two: eight times slower (measured, FerretDB 2.7).
 */
const BETWEEN = { $limit: 1_000_000_000 };

/** Sums by description. Guarded, so that one odd document in an old collection does not take the summaries from everybody. */
function sums(ids: readonly string[]): Document[] {
  const list = (field: string) => ({ $cond: [{ $isArray: field }, field, []] });
  const isTime = { $eq: [{ $type: '$timestamp' }, 'date'] };
  const counts = (tag: string) => ({ $sum: { $cond: [{ $in: [tag, '$tags'] }, 1, 0] } });
  const latitude = { $arrayElemAt: [list('$geolocation.coordinates'), 1] };
  return [
    { $match: { metadata: { $in: [...ids] } } },
    {
      $project: {
        metadata: { $arrayElemAt: ['$metadata', 0] },
        timestamp: { $cond: [isTime, '$timestamp', null] },
        isGood: { $eq: ['$timestamp_argoqc', 1] },
        tags: { $reduce: { input: list('$source.source'), initialValue: [], in: { $concatArrays: ['$$value', '$$this'] } } },
        latitude: { $cond: [{ $in: ['missing_location', list('$data_warning')] }, null, latitude] },
        keys: { $arrayElemAt: [list('$data_info'), 0] },
      },
    },
    BETWEEN,
    {
      $group: {
        _id: '$metadata',
        profiles: { $sum: 1 },
        core: counts('argo_core'),
        bgc: counts('argo_bgc'),
        deep: counts('argo_deep'),
        earliest: { $min: '$timestamp' },
        latest: { $max: '$timestamp' },
        latestBgc: { $max: { $cond: [{ $in: ['argo_bgc', '$tags'] }, '$timestamp', null] } },
        earliestGood: { $min: { $cond: ['$isGood', '$timestamp', null] } },
        south: { $min: '$latitude' },
        north: { $max: '$latitude' },
        keys: { $addToSet: '$keys' },
      },
    },
  ];
}
