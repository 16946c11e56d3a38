import type { Flow } from '../config/flow.ts';
import { Failure } from '../errors.ts';
import { diffCollections } from '../stores/collections.ts';
import { databasesOf } from './apply.ts';
import type { Context } from './context.ts';

/** A run would make what is missing by itself, but without the validators and indexes that keep it right. */
export async function requireApplied(context: Context, flow: Flow): Promise<void> {
  const database = await context.database();
  for (const spec of databasesOf(context.settings.mongodb.database, [flow])) {
    const { changes } = await diffCollections(database.products(spec.database), spec.collections);
    const missing = changes.flatMap(({ collection, change }) => (change.kind === 'create' ? [`${spec.database}.${collection}`] : []));
    if (missing.length === 0) continue;
    throw new Failure({
      kind: 'stop',
      code: 'not_applied',
      happened: `Flow ${flow.name} has not been applied yet: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not there`,
      remedy: 'Make its collections and schedules first, with: landfall apply',
    });
  }
}
