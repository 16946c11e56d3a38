import { join } from 'node:path';
import { Failure } from '../errors.ts';
import type { PlanPage, Plans } from '../stores/plans.ts';
import type { Receipts } from '../stores/receipts.ts';
import type { Run, Runs } from '../stores/runs.ts';
import { readList } from '../transfer/journal.ts';
import type { ArgoFlow } from './flow.ts';
import { pagesOf, platformsOf, sortChanges } from './mirror-plan.ts';
import { defaultJournal } from './mirror-source.ts';
import { parseKeyText } from './names.ts';
import { planPages } from './pages.ts';
import type { RedoPreview } from './redo-record.ts';
import { openScratch } from './scratch.ts';
import { standingOf } from './standing.ts';

export interface RedoDependencies {
  readonly plans: Pick<Plans, 'header' | 'outcome' | 'pages'>;
  readonly runs: Pick<Runs, 'latest'>;
  readonly receipts: Pick<Receipts, 'find'>;
}

/** A past night of which the list of what changed is still there. */
export interface PastNight {
  /** Run id of the night, as its list is called. */
  readonly night: string;
  /** In the database as pages, or only in the journal beside the mirror. */
  readonly kept: 'pages' | 'list';
  /** Pages of its load that did not end; null: it never got as far as a load. */
  readonly pagesOpen: number | null;
}

/** Nights that are looked at when none is named. */
const LOOKED_AT = 100;
const FIRST = 10;

/**
 * The night to do again. Not named: the latest one that had anything to load. A night that broke off is that one, until a later night loads
 * what it left.
 */
export async function nightToRedo(use: RedoDependencies, flow: ArgoFlow, night: string | null): Promise<PastNight> {
  if (night !== null) {
    const known = await pastNight(use, flow, night);
    if (known !== null) return known;
    throw notKept(flow, `Of night ${night} no plan and no list is kept`, await shown(use, flow));
  }
  for (const { run } of await nights(use, flow)) {
    const known = await pastNight(use, flow, run);
    if (known !== null) return known;
  }
  throw notKept(flow, `No night of flow ${flow.name} that had anything to load is on record`, '');
}

/** A run that was begun again after its end made a list of its own each time: the last one counts. */
async function pastNight(use: RedoDependencies, flow: ArgoFlow, run: string): Promise<PastNight | null> {
  let last: PastNight | null = null;
  for (let time = 1; ; time += 1) {
    const night = await keptNight(use, flow, time === 1 ? run : `${run}-${time}`);
    if (night === null) return last;
    last = night;
  }
}

async function keptNight({ plans }: RedoDependencies, flow: ArgoFlow, night: string): Promise<PastNight | null> {
  const header = await plans.header(night);
  if (header !== null && header.flow === flow.name)
    return header.items === 0 ? null : { night, kept: 'pages', pagesOpen: (await plans.outcome(night)).pagesOpen };
  const list = await listOf(flow, night);
  return list === null || list.realLogs.length === 0 ? null : { night, kept: 'list', pagesOpen: null };
}

/** Asked for by their job: checks of every hour would push them out of any list of the latest runs. */
const nights = ({ runs }: RedoDependencies, flow: ArgoFlow): Promise<readonly Run[]> => runs.latest(flow.name, LOOKED_AT, ['mirror']);

/** A name that cannot be a list's is no list's. */
const listOf = (flow: ArgoFlow, night: string) =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(night) ? readList(defaultJournal(flow.mirror), night) : Promise.resolve(null);

async function shown(use: RedoDependencies, flow: ArgoFlow): Promise<string> {
  const known = await nights(use, flow);
  const kept = await Promise.all(known.slice(0, 5).map(async (run) => ((await pastNight(use, flow, run.run)) === null ? [] : [run])));
  return kept
    .flat()
    .map(({ run, startedAt }) => `${run} (${startedAt.toISOString().slice(0, 16)})`)
    .join(', ');
}

const notKept = (flow: ArgoFlow, happened: string, known: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'night_unknown',
    happened,
    expected: known === '' ? 'the run id of a night of the last 30 days' : `the run id of a night: ${known}`,
    remedy: `To load everything again from the mirror: landfall run rebuild ${flow.name}`,
  });

/** The pages of a past night: as they were stored, or made again from the list beside the mirror. */
export async function* pagesOfNight(
  { plans }: RedoDependencies,
  { flow, signal }: { readonly flow: ArgoFlow; readonly signal: AbortSignal },
  { night, kept }: PastNight,
): AsyncGenerator<PlanPage, void, undefined> {
  if (kept === 'pages') return yield* plans.pages(night);
  const list = await listOf(flow, night);
  if (list === null) return;
  const scratch = await openScratch(flow);
  try {
    const settings = { into: join(scratch.folder, 'redo.sorted'), scratch: scratch.folder, signal };
    const sorted = await sortChanges([...list.dryLogs, ...list.realLogs], settings);
    yield* planPages(pagesOf(platformsOf(sorted), flow.load.batch));
  } finally {
    await scratch.remove();
  }
}

/** Shows a plan before it is done again. */
export async function previewRedo(
  use: RedoDependencies,
  context: { readonly flow: ArgoFlow; readonly signal: AbortSignal },
  night: PastNight,
): Promise<RedoPreview> {
  const seen = { platforms: 0, profiles: 0, pages: 0, current: 0, stale: 0, gone: 0 };
  const first: string[] = [];
  for await (const { items, count } of pagesOfNight(use, context, night)) {
    context.signal.throwIfAborted();
    const standing = await standingOf(context.flow, items, use.receipts);
    seen.pages += 1;
    seen.profiles += count;
    seen.platforms += new Set(items.map((item) => parseKeyText(item)?.wmo)).size;
    seen.current += standing.current;
    seen.stale += standing.stale;
    seen.gone += standing.gone;
    first.push(...items.slice(0, FIRST - first.length));
  }
  return { night: night.night, ...seen, first };
}
