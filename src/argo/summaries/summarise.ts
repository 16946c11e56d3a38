import type { Collection, Db, Document } from 'mongodb';
import { isFailure, messageOf } from '../../errors.ts';
import { within } from '../../stores/mongo.ts';
import { defaultDataset } from '../dataset.ts';
import type { ArgoFlow } from '../flow.ts';
import type { ArchiveFacts } from './facts.ts';
import { type FailedSummary, SUMMARIES, type SummaryId } from './ids.ts';
import { jsonldSummary } from './jsonld.ts';
import { bgcSummary, dacsSummary, dataKeysSummary } from './lists.ts';
import { overviewSummary } from './overview.ts';
import { rateLimits } from './rate-limits.ts';
import { type Reading, readFacts } from './read-facts.ts';

export interface SummariesMade {
  readonly written: readonly SummaryId[];
  readonly failed: readonly FailedSummary[];
  readonly profiles: number;
}

export interface SummariesRequest extends Reading {
  readonly flow: ArgoFlow;
  readonly now: Date;
  /** Asked before each write: whether this run may write, and whether what was read is still what is there. */
  readonly assertHeld: () => Promise<void>;
}

/** What ends the work itself, whichever summary meets it first; anything else stays with the summary that failed. */
const isForAll = (error: unknown, signal: AbortSignal): boolean =>
  signal.aborted || isFailure(error, 'database_unreachable', 'lease_lost', 'half_swapped', 'swapped_meanwhile');

/** Replaces the summary documents of a flow. One that fails keeps its old document and does not stop the others. */
export async function summarise(products: Db, request: SummariesRequest): Promise<SummariesMade> {
  const { flow, now, signal, assertHeld } = request;
  const summaries = products.collection<SummaryDocument>(flow.collections.summaries);
  const written: SummaryId[] = [];
  const failed: FailedSummary[] = [];
  const facts = await readFacts(products, flow, request).catch((error: unknown) => {
    if (isForAll(error, signal)) throw error;
    return { failedWith: messageOf(error) };
  });
  if ('failedWith' in facts) return { written, failed: SUMMARIES.map((id) => ({ id, message: facts.failedWith })), profiles: 0 };
  for (const id of SUMMARIES) {
    try {
      await assertHeld();
      await within(`writing summary ${id}`, () => write(summaries, id, facts, flow, now));
      written.push(id);
    } catch (error) {
      if (isForAll(error, signal)) throw error;
      failed.push({ id, message: messageOf(error) });
    }
  }
  return { written, failed, profiles: facts.profiles };
}

/** Whether every summary is there, and when the overview, which is written with them, was made; null: not all are there. */
export async function summariesMadeAt(products: Db, { collections }: Pick<ArgoFlow, 'collections'>): Promise<Date | null> {
  const found = await within('reading the summaries', () =>
    products
      .collection<SummaryDocument>(collections.summaries)
      .find({ _id: { $in: [...SUMMARIES] } }, { projection: { 'summary.latest_argovis_update': 1 } })
      .toArray(),
  );
  const at: unknown = found.find(({ _id }) => _id === 'argo_overview')?.summary?.latest_argovis_update;
  return found.length === SUMMARIES.length && at instanceof Date ? at : null;
}

type SummaryDocument = Document & { readonly _id: string };

async function write(summaries: Collection<SummaryDocument>, id: SummaryId, facts: ArchiveFacts, flow: ArgoFlow, now: Date): Promise<void> {
  const replace = (content: object) => summaries.replaceOne({ _id: id }, { ...content }, { upsert: true });
  switch (id) {
    case 'argo_dacs':
      await replace(dacsSummary(facts));
      return;
    case 'argo_bgc':
      await replace(bgcSummary(facts));
      return;
    case 'argo_data_keys':
      await replace(dataKeysSummary(facts));
      return;
    case 'argo_overview':
      await replace(overviewSummary(facts, now));
      return;
    case 'argo_jsonld':
      await replace(jsonldSummary(facts, flow.dataset ?? defaultDataset, now));
      return;
    case 'ratelimiter':
      // Other datasets have entries of their own in the same document.
      await summaries.updateOne({ _id: id }, { $set: { 'metadata.argo': rateLimits(facts, now) } }, { upsert: true });
  }
}
