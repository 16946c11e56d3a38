import type { Flow } from '../config/flow.ts';
import { kindNamed } from '../kinds.ts';
import { formatCount, formatDuration, formatItems, formatTable } from '../observe/format.ts';
import type { Home } from '../stores/kind.ts';
import type { Database } from '../stores/mongo.ts';
import { Quarantine } from '../stores/quarantine.ts';
import { Receipts } from '../stores/receipts.ts';
import { type Run, Runs } from '../stores/runs.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit.ts';
import { changersOf, isRunning, jobsOf } from './lookup.ts';
import { type Answer, widthOfOutput } from './output.ts';
import { recordLines } from './record-lines.ts';
import { saidBelow } from './said-below.ts';
import { askWhatItSays } from './says.ts';
import { findSchedule, scheduleId } from './schedules.ts';

export interface FlowStatus {
  readonly flow: string;
  readonly kind: string;
  /** Of `unit`; null: there is nothing to count, or nothing is known. */
  readonly home: number | null;
  readonly unit: Home['unit'];
  /** Until when there are data; ISO 8601, UTC. */
  readonly until: string | null;
  readonly quarantine: Readonly<Record<string, number>>;
  readonly schedule: NextStart;
  /** Of the jobs that change products: a check that runs every hour does not hide how the night went. */
  readonly last: Run | null;
  /** The last run of each other job that goes on beside these. */
  readonly checks: readonly Run[];
}

/** When the next job starts by itself; ISO 8601, UTC. `state` says why none does. */
export interface NextStart {
  readonly state: 'scheduled' | 'paused' | 'none';
  readonly next: string | null;
}

/** Every flow: what is home, what is in quarantine, how the last run went or goes, when the next one starts. One flow: its last record too. */
export async function status(context: Context, only: string | null): Promise<Answer> {
  const flows = only === null ? (await context.flows()).map(({ flow }) => flow) : [await context.flow(only)];
  if (flows.length === 0) {
    return { value: [], text: `No flow files in ${context.settings.flows}. Write one with: landfall init argo`, exit: EXIT.usage };
  }
  const statuses: FlowStatus[] = [];
  for (const flow of flows) statuses.push(await statusOf(context, flow));
  const record = only === null ? '' : recordLines(statuses[0]?.last?.record ?? {});
  const checks = checkLines(statuses, only !== null, new Date());
  const parts = [statusTable(statuses, new Date(), widthOfOutput()), record, checks.join('\n')].filter((part) => part !== '');
  return { value: statuses, text: parts.join('\n\n') };
}

async function statusOf(context: Context, flow: Flow): Promise<FlowStatus> {
  const { name, kind, schedules } = flow;
  const database = await context.database();
  const home = await homeOf(flow, database);
  const last = await lastRun(context, name, changersOf(kind));
  const beside = [...jobsOf(kind, 'own'), ...jobsOf(kind, 'read')].filter((job) => job !== last?.job);
  const checks: Run[] = [];
  for (const job of beside) {
    const run = await lastRun(context, name, [job]);
    if (run !== null) checks.push(run);
  }
  return {
    flow: name,
    kind,
    home: home.count,
    unit: home.unit,
    until: home.until,
    quarantine: await new Quarantine(database).countByCode(name),
    schedule: await nextStart(
      context,
      Object.keys(schedules).map((job) => scheduleId(job, name)),
    ),
    last,
    checks,
  };
}

async function homeOf(flow: Flow, database: Database): Promise<Home> {
  const kind = kindNamed(flow.kind);
  if (kind?.home === undefined) return { unit: 'items', count: await new Receipts(database).count(flow.name), until: null };
  return (await kind.home(flow, database)) ?? { unit: 'rows', count: null, until: null };
}

/** A run that is under way says itself what it waits for; one that was terminated could not say that it ended. */
async function lastRun(context: Context, flow: string, jobs: readonly string[]): Promise<Run | null> {
  const last = await new Runs(await context.database()).last(flow, jobs);
  if (last === null || last.endedAt !== null) return last;
  const client = await context.client();
  if (!(await isRunning(client.workflow.getHandle(last.workflowId), last.run))) {
    return {
      ...last,
      endedAt: last.updatedAt,
      health: 'stopped',
      says: 'It was ended without keeping its record; the next run goes on from there.',
    };
  }
  return last.says === null ? { ...last, says: (await askWhatItSays(client, last.workflowId)) ?? null } : last;
}

/** The earliest of the flow's schedules. */
async function nextStart(context: Context, ids: readonly string[]): Promise<NextStart> {
  const client = await context.client();
  const found = (await Promise.all(ids.map((id) => findSchedule(client, id)))).filter((one) => one !== null);
  const times = found.flatMap(({ state, info }) => (state.paused ? [] : info.nextActionTimes.slice(0, 1)));
  const next = times.toSorted((a, b) => a.getTime() - b.getTime())[0];
  if (next !== undefined) return { state: 'scheduled', next: next.toISOString() };
  return { state: found.some(({ state }) => state.paused) ? 'paused' : 'none', next: null };
}

/** A line for each flow, and below it, no wider than `width` columns, what its run has to say; where the line has no room for it, how it went too. */
export function statusTable(statuses: readonly FlowStatus[], now: Date, width: number): string {
  // Columns that are empty for every flow are room for the others.
  const [areItems, areUntil] = [statuses.some(({ unit }) => unit === 'items'), statuses.some(({ until }) => until !== null)];
  const columns = [
    { title: 'flow' },
    { title: 'kind' },
    { title: 'home', align: 'right' as const },
    ...(areUntil ? [{ title: 'until' }] : []),
    ...(areItems ? [{ title: 'quarantine', align: 'right' as const }] : []),
    { title: 'next (UTC)' },
  ];
  const before = formatTable(
    columns,
    statuses.map(({ flow, kind, home, unit, until, quarantine, schedule }) => [
      flow,
      kind,
      home === null ? '' : unit === 'items' ? formatItems(home, 'item') : formatItems(home, 'row'),
      ...(areUntil ? [until?.slice(0, DAY) ?? ''] : []),
      ...(areItems ? [unit === 'items' ? formatCount(Object.values(quarantine).reduce((sum, n) => sum + n, 0)) : ''] : []),
      startOf(schedule),
    ]),
  ).split('\n');
  const runs = statuses.map(({ last }) => lastOf(last, now));
  const [widest, longest] = [before, ['last run', ...runs]].map((texts) => Math.max(...texts.map(({ length }) => length)));
  const isBeside = (widest ?? 0) + 2 + (longest ?? 0) <= width;
  const table = isBeside ? before.map((line, at) => `${line.padEnd(widest ?? 0)}  ${at === 0 ? 'last run' : runs[at - 1]}`) : before;
  return saidBelow(
    table.join('\n'),
    statuses.map(({ last }, at) => [...(isBeside ? [] : [runs[at] ?? '']), ...(last?.says == null ? [] : [last.says])]),
    width,
  );
}

const DAY = 'YYYY-MM-DD'.length;

function startOf({ state, next }: NextStart): string {
  if (next !== null) return next.slice(0, 16).replace('T', ' ');
  return state === 'paused' ? 'schedule paused' : 'not scheduled';
}

function lastOf(run: Run | null, now: Date): string {
  if (run === null) return 'never';
  const { job, health, progress, endedAt, startedAt } = run;
  if (endedAt === null) {
    const { phase, done, total } = progress;
    const counts = total > 0 ? ` ${formatCount(done)} of ${formatCount(total)}` : '';
    return `${job} runs: ${phase}${counts}${health === 'ok' ? '' : `, ${health}`}`;
  }
  const ago = formatDuration(now.getTime() - endedAt.getTime());
  return `${job} ${health}, ${ago} ago, took ${formatDuration(endedAt.getTime() - startedAt.getTime())}`;
}

/** The checks of one flow; of many, only those that want somebody: one asks, fails or failed. Pure. */
export function checkLines(statuses: readonly FlowStatus[], isOne: boolean, now: Date): readonly string[] {
  const isWanting = ({ health }: Run): boolean => health !== 'ok' && health !== 'stopped';
  return statuses.flatMap(({ flow, checks }) =>
    checks.filter((run) => isOne || isWanting(run)).map((run) => `${isOne ? '' : `${flow}: `}${checkText(run, now)}`),
  );
}

/** A check in a line. Pure. */
export const checkText = (run: Run, now: Date): string => `${lastOf(run, now)}${run.says === null ? '' : `: ${run.says}`}`;
