import type { Home } from '../stores/kind.ts';
import type { Database } from '../stores/mongo.ts';
import { type Run, Runs } from '../stores/runs.ts';
import type { OoiFlow } from './flow.ts';
import { flowTable, isSetFlow } from './form.ts';
import { Statuses } from './requests/status.ts';

/** The jobs whose records say what the live store became. */
const CHANGERS = ['harvest', 'refresh', 'rollback'] as const;

/** What the live store of a stream holds, as its runs noted it: no store is opened. Null: a set, which has none, or nothing is known of one. */
export async function homeOf(flow: OoiFlow, database: Database): Promise<Home | null> {
  if (isSetFlow(flow)) return null;
  const status = await new Statuses(database).get(flowTable(flow));
  const count = await liveRows(new Runs(database), flow.name);
  const until = status?.store.last ?? null;
  return count === null && until === null ? null : { unit: 'rows', count, until };
}

/** A rollback names only the generation: its rows are those that the last run before noted of it. */
async function liveRows(runs: Runs, flow: string): Promise<number | null> {
  const [last] = await latestFirst(runs, flow, {});
  const rows = last?.record?.rows;
  if (last === undefined) return null;
  if (typeof rows === 'number') return rows;
  const ofGeneration = await latestFirst(runs, flow, { generation: last.record?.generation });
  return ofGeneration.map(({ record }) => record?.rows).find((noted) => typeof noted === 'number') ?? null;
}

/** Of each job the last: a refresh that began before an append may have ended after it. */
async function latestFirst(runs: Runs, flow: string, { generation }: { readonly generation?: unknown }): Promise<readonly Run[]> {
  const found = await Promise.all(CHANGERS.map((job) => runs.lastNoting(flow, job, 'generation', generation)));
  return found.filter((run) => run !== null).toSorted((a, b) => Number(b.endedAt) - Number(a.endedAt));
}
