import type { Flow } from '../config/flow.ts';
import { kindNamed, refuseConflicts } from '../kinds.ts';
import { formatItems } from '../observe/format.ts';
import { bookCollections, indexName } from '../stores/collection-spec.ts';
import { applyCollections, type CollectionsDiff, diffCollections } from '../stores/collections.ts';
import type { DatabaseSpec } from '../stores/kind.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit.ts';
import type { Answer } from './output.ts';
import { applySchedule, diffSchedules, type ScheduleChange, scheduleIds, wantedSchedules } from './schedules.ts';

/** `diff` looks, `apply` closes what it sees. Neither ever drops a collection. */
export async function applyFlows(context: Context, isDryRun: boolean): Promise<Answer> {
  const flows = (await context.flows()).map(({ flow }) => flow);
  refuseConflicts(flows);
  const database = await context.database();
  const client = await context.client();
  const deployment = context.settings.mongodb.database;

  // Everything is looked at before anything is changed; schedules come last, so that none starts a job whose collections are not there.
  const schedules = await diffSchedules(client, deployment, wantedSchedules(flows), flows.flatMap(scheduleIds));
  const collections: CollectionsDiff[] = [];
  for (const spec of databasesOf(context.settings.mongodb.database, flows)) {
    collections.push(await (isDryRun ? diffCollections : applyCollections)(database.products(spec.database), spec.collections));
  }
  if (!isDryRun) for (const change of schedules.changes) await applySchedule(client, deployment, change);

  const changes = [...collections.flatMap((diff) => diff.changes.map(collectionLine)), ...schedules.changes.map(scheduleLine)];
  const notes = collections.flatMap((diff) => diff.notes.map(({ collection, note }) => `${collection}: ${note}`));
  const taken = schedules.taken.map(takenLine);
  const summary =
    changes.length === 0
      ? `Nothing to change: ${formatItems(flows.length, 'flow')}, all as the flow files say.`
      : `${formatItems(changes.length, 'change')} ${isDryRun ? 'to make with landfall apply' : 'made'}.`;
  const value = {
    applied: !isDryRun,
    changes: { collections: collections.flatMap((diff) => diff.changes), schedules: schedules.changes },
    taken: schedules.taken,
    notes,
  };
  const lines = [...changes, ...notes.map((note) => `note: ${note}`), ...taken, summary];
  return { value, text: lines.join('\n'), exit: taken.length === 0 ? EXIT.done : EXIT.failed };
}

/** Book-keeping and products; flows that share a database share one comparison. */
export function databasesOf(book: string, flows: readonly Flow[]): readonly DatabaseSpec[] {
  const specs: DatabaseSpec[] = [{ database: book, collections: bookCollections }];
  return [...specs, ...flows.flatMap((flow) => kindNamed(flow.kind)?.databases(flow) ?? [])];
}

function collectionLine({ database, collection, change }: CollectionsDiff['changes'][number]): string {
  const name = `${database}.${collection}`;
  if (change.kind === 'create') return `+ collection ${name}`;
  return change.kind === 'validator' ? `~ validator of ${name}` : `+ index ${indexName(change.index.key)} of ${name}`;
}

function scheduleLine(change: ScheduleChange): string {
  if (change.kind === 'delete') return `- schedule ${change.id}: no flow file wants it any more`;
  const { id, cron } = change.schedule;
  if (change.kind === 'create') return `+ schedule ${id} at "${cron}" UTC`;
  return `~ schedule ${id} ${change.before === null ? '' : `from "${change.before}" `}to "${cron}" UTC`;
}

const takenLine = (id: string): string =>
  `! schedule ${id} was not made by this deployment, and is left alone. Give the flow another name, or delete that schedule.`;
