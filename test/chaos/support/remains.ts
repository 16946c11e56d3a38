import { defaultJournal } from '../../../src/argo/mirror-source.ts';
import { Leases } from '../../../src/stores/leases.ts';
import { Plans } from '../../../src/stores/plans.ts';
import { Runs } from '../../../src/stores/runs.ts';
import { openLists } from '../../../src/transfer/journal.ts';
import type { Gdac } from '../../../standins/gdac/gdac.ts';
import { checkProducts, type StoredDocument, snapshotOf } from '../../helpers/products.ts';
import { differences, snapshot } from '../../helpers/profile-tree.ts';
import { type NightSite, WORLD } from './nights.ts';

/** All that a night leaves behind, but for when and by which run; each by name, as text. */
export interface Remains {
  readonly documents: ReadonlyMap<string, string>;
  readonly descriptions: ReadonlyMap<string, string>;
  readonly receipts: ReadonlyMap<string, string>;
  readonly quarantine: ReadonlyMap<string, string>;
  /** How the run counted. */
  readonly record: ReadonlyMap<string, string>;
}

export async function remainsOf({ dev, flow, products }: NightSite, result: unknown): Promise<Remains> {
  const rows = (name: string) => dev.database.book.collection<StoredDocument>(name).find({ flow: flow.name }).sort({ _id: 1 }).toArray();
  const [receipts, quarantine] = [await rows('receipts'), await rows('quarantine')];
  return {
    documents: await snapshotOf(products, flow.collections.argo, ['date_updated_argovis']),
    descriptions: await snapshotOf(products, flow.collections.argoMeta, ['date_updated_argovis']),
    receipts: new Map(receipts.map(({ item, product, files, rules }) => [String(item), JSON.stringify({ product, files, rules })])),
    quarantine: new Map(quarantine.map(({ item, code, state, closedAs }) => [String(item), JSON.stringify({ code, state, closedAs })])),
    record: new Map(Object.entries(countsOf(recordOf(result))).map(([name, count]) => [name, String(count)])),
  };
}

/** What of the remains is not as it was undisturbed, in sentences. */
export function compared(undisturbed: Remains, found: Remains): readonly string[] {
  const parts: readonly (keyof Remains)[] = ['documents', 'descriptions', 'receipts', 'quarantine', 'record'];
  return parts.flatMap((part) => {
    const names = differences(undisturbed[part], found[part]);
    if (names.length === 0) return [];
    const [first = ''] = names;
    return [
      `${names.length} ${part} differ, first ${first}: ${undisturbed[part].get(first) ?? 'nothing'} became ${found[part].get(first) ?? 'nothing'}.`,
    ];
  });
}

/** What is wrong with the end of a night by itself: against the source, the generator's truth, and the book. */
export async function wrongsOf({ dev, flow, products }: NightSite, source: Gdac, run: string, result: unknown): Promise<readonly string[]> {
  const wrongs: string[] = [];
  if (recordOf(result) === null) wrongs.push('It has no record.');

  const { missing, differing, extra, different } = await checkProducts({ ...WORLD, night: source.night }, products);
  if (missing + differing + extra > 0)
    wrongs.push(`${missing} documents missing, ${differing} differing, ${extra} extra: ${different[0] ?? ''}`);

  const files = differences(await snapshot(source.tree), await snapshot(flow.mirror));
  if (files.length > 0) wrongs.push(`${files.length} files of the mirror differ from the source, first ${files[0]}.`);

  const open = await openLists(defaultJournal(flow.mirror));
  if (open.length > 0) wrongs.push(`${open.length} lists of the journal are still open.`);
  const holder = await new Leases(dev.database).holder(flow.name);
  if (holder !== null) wrongs.push(`The lease is still held by ${holder.workflowId}.`);
  const { pagesOpen } = await new Plans(dev.database).outcome(run);
  if (pagesOpen > 0) wrongs.push(`${pagesOpen} pages of the plan have no outcome.`);
  const known = await new Runs(dev.database).get(run);
  if (known?.health !== 'ok' || known.endedAt === null) wrongs.push(`The book says ${known?.health}, ended ${known?.endedAt}.`);
  return wrongs;
}

/** `unchanged` must be what it is undisturbed too: an attempt that follows a killed one counts that one's work as the run's own. */
const COUNTS = ['seen', 'loaded', 'unchanged', 'rejected', 'removed', 'planned', 'documents', 'kept', 'leftovers', 'platforms'];
const countsOf = (record: object | null): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(record ?? {}).filter(([name]) => COUNTS.includes(name)));

function recordOf(result: unknown): object | null {
  const record: unknown = typeof result === 'object' && result !== null && 'record' in result ? result.record : null;
  return typeof record === 'object' ? record : null;
}
