import type { Collection } from 'mongodb';
import { type Database, within } from '../../stores/mongo.ts';
import type { Plans } from '../../stores/plans.ts';
import type { Receipts } from '../../stores/receipts.ts';
import type { ArgoFlow } from '../flow.ts';
import { pick, type Random, randomOf } from './random.ts';
import { ageOf, allot } from './strata.ts';

export interface DrawRequest {
  readonly flow: ArgoFlow;
  readonly sample: number;
  readonly seed: number;
  readonly now: Date;
  /** Called between steps; what it throws ends the draw. */
  readonly onTick: () => void;
}

export interface DrawnSample {
  /** Ids of documents, each once, in no order. */
  readonly ids: readonly string[];
  /** How many were drawn from what was loaded lately. */
  readonly recent: number;
  /** How many of the others were drawn of each centre, and of each age. */
  readonly centres: Readonly<Record<string, number>>;
  readonly ages: Readonly<Record<string, number>>;
}

export interface DrawDependencies {
  readonly database: Database;
  readonly plans: Pick<Plans, 'since' | 'page'>;
  readonly receipts: Pick<Receipts, 'find'>;
}

/** Plans of checks stand among the others, and name nothing that was loaded. */
export const VERIFY_PLAN = 'verify-';

interface FloatDocument {
  readonly _id: string;
  readonly data_center?: string;
}

interface TimedDocument {
  readonly _id: string;
  readonly timestamp: Date | null;
}

/** Floats whose profiles are looked at together, and draws from them: a pool of some thousand ids, whatever the size of the collection. */
const POOL_FLOATS = 16;
const POOL_DRAWS = 8;

/** More than a float has ever had: a centre is never allotted fewer draws than it has profiles because its floats are few. */
const MOST_PROFILES = 2000;

/**
 * Draws profiles for a check. A share comes from the plans of the last days; the rest by centre and, within a centre, by age: floats at
 * random, then profiles of these floats at random. No collection is read through but that of the floats.
 */
export async function drawSample(use: DrawDependencies, request: DrawRequest): Promise<DrawnSample> {
  const { flow, sample, seed } = request;
  const drawn = new Set<string>();
  await drawRecent(use, request, Math.round(sample * flow.verify.recent), drawn);
  const recent = drawn.size;

  const products = use.database.products(flow.database);
  const floats = await floatsByCentre(products.collection<FloatDocument>(flow.collections.argoMeta));
  const sizes = new Map([...floats].map(([centre, ids]) => [centre, ids.length * MOST_PROFILES]));
  const profiles = products.collection<TimedDocument>(flow.collections.argo);
  const centres: Record<string, number> = {};
  const ages: Record<string, number> = {};
  for (const [centre, draws] of allot(sizes, sample - recent, randomOf(seed, 'centres'))) {
    const ids = await drawOfCentre(profiles, floats.get(centre) ?? [], draws, { request, drawn, ages, random: randomOf(seed, centre) });
    if (ids > 0) centres[centre] = ids;
  }
  return { ids: pick([...drawn], drawn.size, randomOf(seed, 'order')), recent, centres, ages };
}

/** A page, then an item of it: pages of a plan are about equally large. What was loaded has a receipt; what was removed or rejected has none. */
async function drawRecent({ plans, receipts }: DrawDependencies, request: DrawRequest, wanted: number, drawn: Set<string>): Promise<void> {
  const { flow, seed, now, onTick } = request;
  const since = new Date(now.getTime() - flow.verify.recentAgeMs);
  const headers = (await plans.since(flow.name, since)).filter(({ plan, pages }) => !plan.startsWith(VERIFY_PLAN) && pages > 0);
  const pages = headers.reduce((sum, header) => sum + header.pages, 0);
  if (pages === 0) return;
  const random = randomOf(seed, 'recent');
  for (let tries = 0; drawn.size < wanted && tries < wanted * TRIES; tries += 1) {
    const { plan, page } = pageAt(headers, Math.floor(random() * pages));
    const [item] = pick((await plans.page(plan, page)).items, 1, random);
    const product = item === undefined ? undefined : (await receipts.find(flow.name, [item])).get(item)?.product;
    if (product !== undefined) drawn.add(product);
    onTick();
  }
}

const TRIES = 3;

function pageAt(headers: readonly { readonly plan: string; readonly pages: number }[], at: number): { plan: string; page: number } {
  let page = at;
  for (const { plan, pages } of headers) {
    if (page < pages) return { plan, page };
    page -= pages;
  }
  throw new RangeError(`There is no page ${at}.`);
}

/** Numbers of the floats by their centre, each in byte order. The number stands in the document's id: a damaged field does not hide a float. */
async function floatsByCentre(floats: Collection<FloatDocument>): Promise<ReadonlyMap<string, readonly string[]>> {
  const centreOf = new Map<string, string>();
  await within('reading argoMeta', async () => {
    const cursor = floats.find({}, { projection: { data_center: 1 } }).sort({ _id: 1 });
    for await (const { _id, data_center } of cursor) centreOf.set(_id.replace(/_m\d+$/, ''), String(data_center ?? 'unknown'));
  });
  const centres = new Map<string, string[]>();
  for (const [float, centre] of centreOf) {
    const known = centres.get(centre);
    if (known === undefined) centres.set(centre, [float]);
    else known.push(float);
  }
  return centres;
}

interface CentreDraw {
  readonly request: DrawRequest;
  readonly drawn: Set<string>;
  readonly ages: Record<string, number>;
  readonly random: Random;
}

/** Answers how many were drawn: fewer than wanted where the centre has no more. */
async function drawOfCentre(
  profiles: Collection<TimedDocument>,
  floats: readonly string[],
  wanted: number,
  { request, drawn, ages, random }: CentreDraw,
): Promise<number> {
  const pools = Math.min(Math.ceil(floats.length / POOL_FLOATS), Math.ceil(wanted / POOL_DRAWS));
  const size = Math.min(POOL_FLOATS, Math.ceil(floats.length / pools));
  const shuffled = pick(floats, floats.length, random);
  let count = 0;
  for (let at = 0; at < pools; at += 1) {
    const pool: TimedDocument[] = [];
    for (const float of shuffled.slice(at * size, (at + 1) * size)) {
      for (const one of await profilesOf(profiles, float)) if (!drawn.has(one._id)) pool.push(one);
      request.onTick();
    }
    const byAge = Map.groupBy(pool, ({ timestamp }) => ageOf(timestamp instanceof Date ? timestamp : null, request.now));
    const counts = new Map([...byAge].map(([age, ones]) => [age, ones.length]));
    // What one pool could not give is asked of the next.
    for (const [age, share] of allot(counts, Math.ceil((wanted - count) / (pools - at)), random)) {
      for (const { _id } of pick(byAge.get(age) ?? [], share, random)) drawn.add(_id);
      ages[age] = (ages[age] ?? 0) + share;
      count += share;
    }
  }
  return count;
}

/** A range of the primary key: ids are `<float>_<cycle>`. */
const profilesOf = (profiles: Collection<TimedDocument>, float: string): Promise<readonly TimedDocument[]> =>
  within('reading argo', () =>
    profiles
      .find({ _id: { $gte: `${float}_`, $lt: `${float}\`` } }, { projection: { timestamp: 1 } })
      .sort({ _id: 1 })
      .toArray(),
  );
