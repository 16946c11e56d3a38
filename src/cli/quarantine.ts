import { WorkflowUpdateFailedError } from '@temporalio/client';
import { updates } from '../../workflows/common/messages.ts';
import { Failure, messageOf } from '../errors.ts';
import { formatItems, formatTable } from '../observe/format.ts';
import { Quarantine, type QuarantineEntry } from '../stores/quarantine.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit.ts';
import { runningWorkflow } from './lookup.ts';
import { type Answer, widthOfOutput } from './output.ts';
import { runJob } from './run.ts';
import { saidBelow } from './said-below.ts';
import { requireQuarantine } from './steerable.ts';

export async function listQuarantine(context: Context, flow: string | null, { all = false }: { readonly all?: boolean }): Promise<Answer> {
  const entries = await new Quarantine(await context.database()).list(flow, { includeClosed: all });
  // Entries outlive the file of their flow; a name without any may be misspelt.
  if (flow !== null && entries.length === 0) requireQuarantine(await context.flow(flow));
  const rows = entries.map((entry) => [
    entry.flow,
    entry.item,
    entry.code,
    String(entry.attempts),
    entry.lastAt.toISOString().slice(0, 16).replace('T', ' '),
    ...(all ? [stateOf(entry)] : []),
  ]);
  const columns = ['flow', 'item', 'reason', 'runs', 'last (UTC)', ...(all ? ['state'] : [])].map((title) => ({ title }));
  const messages = entries.map(({ message }) => [message]);
  const text =
    entries.length === 0
      ? `Nothing is in quarantine${flow === null ? '' : ` of flow ${flow}`}.`
      : `${saidBelow(formatTable(columns, rows), messages, widthOfOutput())}\n${formatItems(entries.length, 'entry', 'entries')}.`;
  return { value: entries, text };
}

const stateOf = ({ state, closedAs }: QuarantineEntry): string => closedAs ?? state;

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
  const found = await context.flow(flow);
  requireQuarantine(found);
  for (const item of items) await entryOf(context, flow, item);
  const running = await runningWorkflow(context, found);
  if (running === null) return await runJob(context, 'reload', flow, { wait, ...(items.length === 0 ? {} : { input: { items } }) });
  const { handle } = running;
  if (items.length === 0) await handle.signal('retry');
  else await handle.executeUpdate(updates.retryItems, { args: [{ items }] }).catch(refused);
  const what = items.length === 0 ? 'the whole quarantine' : formatItems(items.length, 'item');
  return {
    value: { workflowId: handle.workflowId, items: items.length === 0 ? null : items },
    text: `${handle.workflowId} is running: it tries ${what} again when it has loaded its list. See it with: landfall watch ${flow}`,
  };
}

function refused(error: unknown): never {
  if (!(error instanceof WorkflowUpdateFailedError)) throw error;
  throw new Failure({ kind: 'stop', code: 'retry_refused', happened: messageOf(error.cause ?? error), cause: error });
}

/** Gives entries up: they stay on record as dropped, and come back only if they fail again. */
export async function dropQuarantine(context: Context, flow: string, items: readonly string[], isDryRun: boolean): Promise<Answer> {
  const entries = [];
  for (const item of items) entries.push(await entryOf(context, flow, item));
  const open = entries.filter(({ state }) => state === 'open').map(({ item }) => item);
  const closed = entries.filter(({ state }) => state === 'closed').map(({ item }) => item);
  if (!isDryRun) await new Quarantine(await context.database()).close(flow, open, 'dropped', new Date());
  const verb = isDryRun ? 'Would drop' : 'Dropped';
  const lines = [
    `${verb} ${formatItems(open.length, 'entry', 'entries')} of ${flow}${open.length === 0 ? '' : `: ${open.join(', ')}`}.`,
    ...(closed.length === 0 ? [] : [`Closed already: ${closed.join(', ')}.`]),
  ];
  return { value: { flow, items: open, closedAlready: closed, dropped: !isDryRun }, text: lines.join('\n'), exit: EXIT.done };
}

async function entryOf(context: Context, flow: string, item: string): Promise<QuarantineEntry> {
  const entry = await new Quarantine(await context.database()).show(flow, item);
  if (entry !== null) return entry;
  const known = (await context.flows()).find((one) => one.flow.name === flow);
  if (known !== undefined) requireQuarantine(known.flow);
  throw new Failure({
    kind: 'stop',
    code: 'unknown_item',
    happened: `Flow ${flow} has no quarantine entry "${item}"`,
    remedy: `See them with: landfall quarantine list ${flow}`,
  });
}
