import type { Flow } from '../config/flow.ts';
import { kindNamed } from '../kinds.ts';
import { bookCollections, indexName } from '../stores/collection-spec.ts';
import { applyCollections, type CollectionsDiff, diffCollections } from '../stores/collections.ts';
import type { DatabaseSpec } from '../stores/kind.ts';
import type { Context } from './context.ts';
import type { Answer } from './output.ts';
import { applySchedule, diffSchedules, type ScheduleChange, wantedSchedules } from './schedules.ts';

/** `diff` looks, `apply` closes what it sees. Neither ever drops a collection. */
export async function applyFlows(context: Context, isDryRun: boolean): Promise<Answer> {
  const flows = (await context.flows()).map(({ flow }) => flow);
  const database = await context.database();
  const client = await context.client();
  const deployment = context.settings.mongodb.database;

  const collections: CollectionsDiff[] = [];
  for (const spec of databasesOf(context.settings.mongodb.database, flows)) {
    collections.push(await (isDryRun ? diffCollections : applyCollections)(database.products(spec.database), spec.collections));
  }
  const schedules = await diffSchedules(client, deployment, wantedSchedules(flows));
  if (!isDryRun) for (const change of schedules) await applySchedule(client, deployment, change);

  const changes = [...collections.flatMap((diff) => diff.changes.map(collectionLine)), ...schedules.map(scheduleLine)];
  const notes = collections.flatMap((diff) => diff.notes.map(({ collection, note }) => `${collection}: ${note}`));
  const summary =
    changes.length === 0 ? `Nothing to change: ${flows.length} flow${flows.length === 1 ? '' : 's'} as they should be.` : null;
  const verb = isDryRun ? 'to make with landfall apply' : 'made';
  const lines = [
    ...changes,
    ...notes.map((note) => `note: ${note}`),
    summary ?? `${changes.length} change${changes.length === 1 ? '' : 's'} ${verb}.`,
  ];
  return {
    value: { applied: !isDryRun, changes: { collections: collections.flatMap((diff) => diff.changes), schedules }, notes },
    text: lines.join('\n'),
  };
}

/** Book-keeping and products; flows that share a database share one comparison. */
function databasesOf(book: string, flows: readonly Flow[]): readonly DatabaseSpec[] {
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
  return change.kind === 'create' ? `+ schedule ${id} at "${cron}" UTC` : `~ schedule ${id} from "${change.before}" to "${cron}" UTC`;
}
