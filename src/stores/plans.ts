import type { Collection } from 'mongodb';
import { Failure } from '../errors.ts';
import { type Database, within } from './mongo.ts';

/** How the items of a page ended. The four add up to the page's items. */
export interface PageOutcome {
  readonly loaded: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly removed: number;
  /** Source bytes read. */
  readonly bytes: number;
}

/** The items one activity call handles. `count` is what they count as: a float moved between centres names one profile twice. */
export interface PlanPage {
  readonly items: readonly string[];
  readonly count: number;
}

export const noOutcome: PageOutcome = { loaded: 0, unchanged: 0, rejected: 0, removed: 0, bytes: 0 };

export const addOutcomes = (a: PageOutcome, b: PageOutcome): PageOutcome => ({
  loaded: a.loaded + b.loaded,
  unchanged: a.unchanged + b.unchanged,
  rejected: a.rejected + b.rejected,
  removed: a.removed + b.removed,
  bytes: a.bytes + b.bytes,
});

export interface PlanHeader {
  readonly plan: string;
  readonly flow: string;
  readonly pages: number;
  readonly items: number;
}

interface PlanDocument {
  readonly _id: string;
  readonly flow: string;
  readonly pages: number;
  readonly items: number;
  readonly madeAt: Date;
  readonly expiresAt: Date | null;
}

interface PageDocument {
  readonly _id: string;
  readonly plan: string;
  readonly items: readonly string[];
  readonly count: number;
  readonly outcome: PageOutcome | null;
  readonly expiresAt: Date | null;
}

/** Plans older than this are removed by the database (a TTL index): long enough to look back at a bad night. */
export const PLAN_KEPT_DAYS = 30;

/** Pages written with one command: a page is some 8 kB, and a plan of the whole archive has thousands. */
const PAGES_AT_ONCE = 50;

const pageId = (plan: string, page: number): string => `${plan}/${String(page).padStart(7, '0')}`;

/** All pages of a plan: a range of the primary key. */
const ofPlan = (plan: string) => ({ _id: { $gte: pageId(plan, 0), $lt: `${plan}0` } });

/** A plan is a header and numbered pages, each the items one activity call handles. The header is written last: it is the mark of a whole plan. */
export class Plans {
  readonly #plans: Collection<PlanDocument>;
  readonly #pages: Collection<PageDocument>;

  constructor(database: Database) {
    this.#plans = database.book.collection<PlanDocument>('plans');
    this.#pages = database.book.collection<PageDocument>('planPages');
  }

  async header(plan: string): Promise<PlanHeader | null> {
    const found = await within(`reading plan ${plan}`, () => this.#plans.findOne({ _id: plan }));
    return found === null ? null : { plan, flow: found.flow, pages: found.pages, items: found.items };
  }

  /** Plans of a flow made since then, in the order of their names. */
  async since(flow: string, from: Date): Promise<readonly PlanHeader[]> {
    const found = await within(`reading the plans of ${flow}`, () =>
      this.#plans
        .find({ flow, madeAt: { $gte: from } })
        .sort({ _id: 1 })
        .toArray(),
    );
    return found.map(({ _id: plan, pages, items }) => ({ plan, flow, pages, items }));
  }

  /** Stores the pages as they come, in constant memory, then the header. Repeated after a crash it writes the same. */
  async store(
    plan: string,
    flow: string,
    pages: AsyncIterable<PlanPage>,
    now: Date,
    onStored?: (pages: number) => void,
  ): Promise<PlanHeader> {
    const expiresAt = new Date(now.getTime() + PLAN_KEPT_DAYS * 86_400_000);
    let count = 0;
    let items = 0;
    let batch: PlanPage[] = [];
    const flush = async (): Promise<void> => {
      await this.#storePages(plan, count, batch, expiresAt);
      count += batch.length;
      batch = [];
      onStored?.(count);
    };
    for await (const page of pages) {
      items += page.count;
      batch.push(page);
      if (batch.length >= PAGES_AT_ONCE) await flush();
    }
    if (batch.length > 0) await flush();
    // Pages of an earlier attempt that found more would count as never done. Once there is a header they may be in work.
    if ((await this.header(plan)) === null)
      await within(`storing plan ${plan}`, () => this.#pages.deleteMany({ plan, _id: { $gte: pageId(plan, count) } }));
    const header = { flow, pages: count, items, madeAt: now, expiresAt };
    await within(`storing plan ${plan}`, () => this.#plans.replaceOne({ _id: plan }, header, { upsert: true }));
    return { plan, flow, pages: count, items };
  }

  async page(plan: string, page: number): Promise<{ readonly items: readonly string[]; readonly outcome: PageOutcome | null }> {
    const found = await within(`reading plan ${plan}`, () => this.#pages.findOne({ _id: pageId(plan, page) }));
    if (found !== null) return found;
    throw new Failure({
      kind: 'stop',
      code: 'plan_missing',
      happened: `Page ${page} of plan ${plan} is not in the database`,
      remedy: `Plans are kept ${PLAN_KEPT_DAYS} days; start the job again to make a new one`,
    });
  }

  /** Keeps how a page ended. Returns false when that was known already (the page was done twice). */
  async finish(plan: string, page: number, outcome: PageOutcome): Promise<boolean> {
    const _id = pageId(plan, page);
    const first = await within(`keeping the outcome of plan ${plan}`, () =>
      this.#pages.updateOne({ _id, outcome: null }, { $set: { outcome } }),
    );
    if (first.modifiedCount === 1) return true;
    await within(`keeping the outcome of plan ${plan}`, () => this.#pages.updateOne({ _id }, { $set: { outcome } }));
    return false;
  }

  /** All pages of a plan in order, one at a time: a plan of any length in constant memory. */
  async *pages(plan: string): AsyncGenerator<PlanPage, void, undefined> {
    const cursor = this.#pages.find(ofPlan(plan), { projection: { items: 1, count: 1 } }).sort({ _id: 1 });
    for await (const { items, count } of cursor) yield { items, count };
  }

  /** Number of the first page that did not end; null: all did. */
  async firstOpen(plan: string): Promise<number | null> {
    const open = await within(`reading plan ${plan}`, () =>
      this.#pages.findOne({ ...ofPlan(plan), outcome: null }, { sort: { _id: 1 }, projection: { _id: 1 } }),
    );
    return open === null ? null : Number(open._id.slice(open._id.lastIndexOf('/') + 1));
  }

  /** The sum over all pages that ended, and how many did not; of the pages before `before`, when it is given. */
  async outcome(plan: string, before?: number): Promise<PageOutcome & { readonly pagesOpen: number }> {
    const sum = (field: keyof PageOutcome) => ({ $sum: { $ifNull: [`$outcome.${field}`, 0] } });
    const [total] = await within(`adding up plan ${plan}`, () =>
      this.#pages
        .aggregate<PageOutcome & { pagesOpen: number }>([
          { $match: before === undefined ? { plan } : { plan, _id: { $lt: pageId(plan, before) } } },
          {
            $group: {
              _id: null,
              loaded: sum('loaded'),
              unchanged: sum('unchanged'),
              rejected: sum('rejected'),
              removed: sum('removed'),
              bytes: sum('bytes'),
              pagesOpen: { $sum: { $cond: [{ $eq: ['$outcome', null] }, 1, 0] } },
            },
          },
        ])
        .toArray(),
    );
    if (total === undefined) return { ...noOutcome, pagesOpen: 0 };
    const { loaded, unchanged, rejected, removed, bytes, pagesOpen } = total;
    return { loaded, unchanged, rejected, removed, bytes, pagesOpen };
  }

  async #storePages(plan: string, first: number, pages: readonly PlanPage[], expiresAt: Date): Promise<void> {
    const operations = pages.map((page, index) => ({
      updateOne: {
        filter: { _id: pageId(plan, first + index) },
        // An outcome is never taken back: a repetition that comes late must not undo what was done since.
        update: { $set: { plan, ...page, expiresAt }, $setOnInsert: { outcome: null } },
        upsert: true,
      },
    }));
    await within(`storing plan ${plan}`, () => this.#pages.bulkWrite(operations, { ordered: false }));
  }
}
