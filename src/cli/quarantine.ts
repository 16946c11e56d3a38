import { updates } from '../../workflows/common/messages.ts';
import { Failure } from '../errors.ts';
import { formatItems, formatTable, shorten } from '../observe/format.ts';
import { Quarantine, type QuarantineEntry } from '../stores/quarantine.ts';
import type { Context } from './context.ts';
import { runningWorkflow } from './lookup.ts';
import type { Answer } from './output.ts';
import { runJob } from './run.ts';

export async function listQuarantine(context: Context, flow: string | null, { all = false }: { readonly all?: boolean }): Promise<Answer> {
  const entries = await new Quarantine(await context.database()).list(flow, { includeClosed: all });
  const rows = entries.map((entry) => [
    entry.flow,
    entry.item,
    entry.code,
    String(entry.attempts),
    entry.lastAt.toISOString(),
    stateOf(entry),
    shorten(entry.message, 80),
  ]);
  const columns = ['flow', 'item', 'reason', 'attempts', 'last', 'state', 'message'].map((title) => ({ title }));
  const text =
    entries.length === 0
      ? 'The quarantine is empty.'
      : `${formatTable(columns, rows)}\n${formatItems(entries.length, 'entry', 'entries')}.`;
  return { value: entries, text };
}

const stateOf = ({ state, closedAs }: QuarantineEntry): string => (closedAs === null ? state : closedAs);

export async function showQuarantine(context: Context, flow: string, item: string): Promise<Answer> {
  const entry = await entryOf(context, flow, item);
  const lines = [
    `${entry.flow} ${entry.item}: ${stateOf(entry)}`,
    `reason    ${entry.code}`,
    `message   ${entry.message}`,
    ...entry.files.map((file) => `file      ${file}`),
    `failed in ${formatItems(entry.attempts, 'run')}, first ${entry.firstAt.toISOString()}, last ${entry.lastAt.toISOString()}`,
    ...(entry.closedAt === null ? [] : [`closed    ${entry.closedAt.toISOString()} as ${entry.closedAs}`]),
  ];
  return { value: entry, text: lines.join('\n') };
}

/** Tries entries again: in the run that works on the flow, or in one of their own. No items: all that is open. */
export async function retryQuarantine(context: Context, flow: string, items: readonly string[], wait: boolean): Promise<Answer> {
  for (const item of items) await entryOf(context, flow, item);
  const running = await runningWorkflow(context, flow);
  if (running === null) return await runJob(context, 'reload', flow, { wait, ...(items.length === 0 ? {} : { input: { items } }) });
  if (items.length === 0) {
    await running.handle.signal('retry');
    return {
      value: { workflowId: running.handle.workflowId },
      text: `${running.handle.workflowId} tries the whole quarantine again when it has loaded its list.`,
    };
  }
  await running.handle.executeUpdate(updates.retryItems, { args: [{ items }] });
  return {
    value: { workflowId: running.handle.workflowId, items },
    text: `${running.handle.workflowId} tries ${formatItems(items.length, 'item')} again when it has loaded its list.`,
  };
}

/** Gives entries up: they stay on record as dropped, and come back only if they fail again. */
export async function dropQuarantine(context: Context, flow: string, items: readonly string[], isDryRun: boolean): Promise<Answer> {
  for (const item of items) await entryOf(context, flow, item);
  if (!isDryRun) await new Quarantine(await context.database()).close(flow, items, 'dropped', new Date());
  const verb = isDryRun ? 'Would drop' : 'Dropped';
  return {
    value: { flow, items, dropped: !isDryRun },
    text: `${verb} ${formatItems(items.length, 'entry', 'entries')} of ${flow}: ${items.join(', ')}.`,
  };
}

async function entryOf(context: Context, flow: string, item: string): Promise<QuarantineEntry> {
  const entry = await new Quarantine(await context.database()).show(flow, item);
  if (entry !== null) return entry;
  throw new Failure({
    kind: 'stop',
    code: 'unknown_item',
    happened: `Flow ${flow} has no quarantine entry "${item}"`,
    remedy: `See them with: landfall quarantine list ${flow}`,
  });
}
