import { Runs } from '../stores/runs.ts';
import type { Context } from './context.ts';
import { followRun } from './follow.ts';
import type { Answer } from './output.ts';

/** Draws the flow's present run until it ends, or says how the last one ended. */
export async function watch(context: Context, flow: string): Promise<Answer> {
  await context.flow(flow);
  const database = await context.database();
  const runs = new Runs(database);
  const [latest] = await runs.latest(flow, 1);
  if (latest === undefined) return { value: null, text: `Flow ${flow} has never run. Start it with: landfall run mirror ${flow}` };
  if (latest.endedAt === null) await followRun(database, latest.run);
  const ended = await runs.get(latest.run);
  return {
    value: ended,
    text: `${latest.job} of ${flow} ended (${ended?.health ?? 'unknown'})${ended?.says == null ? '.' : `: ${ended.says}`}`,
  };
}
