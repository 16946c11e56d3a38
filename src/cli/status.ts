import type { Flow } from '../config/flow.ts';
import { formatCount, formatDuration, formatTable } from '../observe/format.ts';
import { Quarantine } from '../stores/quarantine.ts';
import { Receipts } from '../stores/receipts.ts';
import { type Run, Runs } from '../stores/runs.ts';
import type { Context } from './context.ts';
import type { Answer } from './output.ts';

interface FlowStatus {
  readonly flow: string;
  readonly kind: string;
  readonly home: number;
  readonly quarantine: Readonly<Record<string, number>>;
  readonly next: string | null;
  readonly last: Run | null;
}

/** Every flow: what is home, what is in quarantine, how the last run went or goes, when the next one starts. */
export async function status(context: Context, only: string | null): Promise<Answer> {
  const flows = only === null ? (await context.flows()).map(({ flow }) => flow) : [await context.flow(only)];
  const statuses: FlowStatus[] = [];
  for (const flow of flows) statuses.push(await statusOf(context, flow));
  if (statuses.length === 0) return { value: [], text: `No flow files in ${context.settings.flows}. Write one with: landfall init argo` };
  const columns = [
    { title: 'flow' },
    { title: 'kind' },
    { title: 'items home', align: 'right' as const },
    { title: 'quarantine', align: 'right' as const },
    { title: 'next' },
    { title: 'last run' },
  ];
  return { value: statuses, text: formatTable(columns, statuses.map(rowOf)) };
}

async function statusOf(context: Context, { name, kind, schedules }: Flow): Promise<FlowStatus> {
  const database = await context.database();
  const [last] = await new Runs(database).latest(name, 1);
  return {
    flow: name,
    kind,
    home: await new Receipts(database).count(name),
    quarantine: await new Quarantine(database).countByCode(name),
    next: await nextStart(
      context,
      Object.keys(schedules).map((job) => `${job}/${name}`),
    ),
    last: last ?? null,
  };
}

/** The earliest of the flow's schedules, or what is the matter with it. */
async function nextStart(context: Context, ids: readonly string[]): Promise<string | null> {
  const client = await context.client();
  const times: Date[] = [];
  for await (const schedule of client.schedule.list()) {
    const [next] = schedule.info?.nextActionTimes ?? [];
    if (ids.includes(schedule.scheduleId) && next !== undefined && schedule.state?.paused !== true) times.push(next);
  }
  return times.toSorted((a, b) => a.getTime() - b.getTime())[0]?.toISOString() ?? null;
}

function rowOf({ flow, kind, home, quarantine, next, last }: FlowStatus): readonly string[] {
  const quarantined = Object.values(quarantine).reduce((sum, n) => sum + n, 0);
  return [
    flow,
    kind,
    formatCount(home),
    formatCount(quarantined),
    next === null ? 'not scheduled' : next.slice(0, 16).replace('T', ' '),
    lastOf(last),
  ];
}

function lastOf(run: Run | null): string {
  if (run === null) return 'never';
  const { job, health, says, progress, endedAt, startedAt } = run;
  if (endedAt === null)
    return `${job} is in phase ${progress.phase}: ${formatCount(progress.done)} of ${formatCount(progress.total)}${says === null ? '' : `. ${says}`}`;
  return `${job} ${health}, ${formatDuration(Date.now() - endedAt.getTime())} ago, took ${formatDuration(endedAt.getTime() - startedAt.getTime())}${says === null ? '' : `: ${says}`}`;
}
