import { isDeepStrictEqual } from 'node:util';
import { rowsOf } from '../../formats/zarr/grid.ts';
import { CONSOLIDATED_KEY, tornDimensions } from '../../formats/zarr/group.ts';
import { isJsonObject, type JsonObject, readJson } from '../../formats/zarr/json.ts';
import type { OpenedStore } from '../../formats/zarr/open.ts';
import type { ChunkReader } from '../../formats/zarr/store.ts';
import { arraysOnTime, timeArrayOf } from '../report/series-view.ts';
import { secondsOf, timeText } from '../report/time-text.ts';
import type { Findings } from './findings.ts';

/** Whether all arrays have one length, and whether each array's own documents say what `.zmetadata` says. */
export async function checkDocuments(store: ChunkReader, group: OpenedStore, findings: Findings): Promise<void> {
  for (const [dimension, lengths] of tornDimensions(group)) findings.add('torn', `${dimension} is ${lengths.join(' and ')} long`);
  const rows = rowsOf(timeArrayOf({ store, group }));
  for (const array of arraysOnTime({ store, group })) {
    const isNamed = tornDimensions(group).has('time');
    if (!isNamed && rowsOf(array) !== rows) findings.add('torn', `${array.name} has ${rowsOf(array)} rows, time ${rows}`);
  }
  for (const [name, why] of group.unread ?? []) findings.add('unread', `${name}: ${why.happened}`);
  if (!group.isConsolidated) findings.add('not_consolidated', `${CONSOLIDATED_KEY} is not there`);
  else await compareDocuments(store, findings);
}

async function compareDocuments(store: ChunkReader, findings: Findings): Promise<void> {
  const { metadata } = (await documentAt(store, CONSOLIDATED_KEY)) ?? {};
  if (metadata === undefined || !isJsonObject(metadata)) return;
  for (const [key, value] of Object.entries(metadata)) {
    const own = await documentAt(store, key);
    // an array without attributes needs no document for them
    const isAbsentAttributes = own === null && key.endsWith('.zattrs') && isJsonObject(value) && Object.keys(value).length === 0;
    if (own === null && !isAbsentAttributes) findings.add('documents_differ', `${key} is not there`);
    else if (own !== null && !isDeepStrictEqual(own, value)) findings.add('documents_differ', differenceOf(key, own, value));
  }
}

function differenceOf(key: string, own: JsonObject, value: unknown): string {
  const published = isJsonObject(value) ? value : {};
  const names = [...new Set([...Object.keys(own), ...Object.keys(published)])];
  return `${key} has another ${names.filter((name) => !isDeepStrictEqual(own[name], published[name])).join(', ')}`.slice(0, 200);
}

async function documentAt(store: ChunkReader, key: string): Promise<JsonObject | null> {
  const bytes = await store.get(key);
  return bytes === null ? null : readJson(key, bytes);
}

/** Whether `time_coverage_start` and `_end`, where a store has them, are its first and last time. Seconds since 1900. */
export function checkCoverage(
  { attributes }: OpenedStore,
  ends: { readonly first: number; readonly last: number },
  findings: Findings,
): void {
  for (const [name, time] of [['time_coverage_start', ends.first] as const, ['time_coverage_end', ends.last] as const]) {
    const text = attributes[name];
    if (typeof text !== 'string' || !Number.isFinite(time)) continue;
    const said = secondsOf(Date.parse(/Z$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`));
    if (Math.abs(said - time) < 0.01) continue; // dates are read to the millisecond
    findings.add('coverage_attributes', `${name} is ${JSON.stringify(text.slice(0, 40))}, the row ${timeText(time)}`);
  }
}
