import { formatCount, formatTable } from '../observe/format.ts';
import { flowTable } from '../ooi/form.ts';
import type { GenerationInfo } from '../ooi/store/contract.ts';
import { isoOfTime } from '../ooi/time-text.ts';
import type { Context } from './context.ts';
import { streamFlow, withSeries } from './ooi-series.ts';
import type { Answer } from './output.ts';

/** Every generation of a stream's store, older first. */
export async function generations(context: Context, name: string): Promise<Answer> {
  const flow = await streamFlow(context, name);
  const all = await withSeries(context, flow, (store) => store.generations());
  const value = all.map(shown);
  if (value.length === 0) return { value, text: `Flow ${name} has no store yet. Build it with: landfall run harvest ${name} --wait` };
  const columns = ['generation', 'state', 'rows', 'from', 'to', 'made', 'published', 'replaced'].map((title) => ({
    title,
    align: title === 'rows' ? ('right' as const) : ('left' as const),
  }));
  const lines = value.map(({ id, state, rows, from, to, made, published, replaced }) => [
    id,
    state,
    formatCount(rows),
    ...[from, to, made, published, replaced].map(minute),
  ]);
  return { value, text: `${flowTable(flow)}\n${formatTable(columns, lines)}` };
}

function shown({ id, root, isLive, state, replacedAt, publishedAt }: GenerationInfo) {
  return {
    id,
    root,
    state: isLive ? 'live' : replacedAt === null ? state.status : 'kept',
    rows: state.length,
    from: isoOfTime(state.firstTime),
    to: isoOfTime(state.lastTime),
    made: state.madeAt,
    published: publishedAt,
    replaced: replacedAt,
  };
}

const minute = (iso: string | null): string => (iso === null ? '' : iso.slice(0, 16).replace('T', ' '));
