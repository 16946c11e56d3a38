import type { ObjectStore, WriteOptions } from '../../stores/objects/contract.ts';
import { exportHistory, type HistoryEntry } from '../notify/history.ts';
import { REQUEST_FOLDER, STATUS_FOLDER } from './record-folder.ts';

/** What is exported, in the form of the existing harvest. */
export interface RecordSource {
  statuses(): Promise<readonly { readonly table: string; readonly json: unknown }[]>;
  /** Accepted requests of a table with the names of their records. */
  requests(table: string): Promise<readonly { readonly name: string; readonly json: unknown }[]>;
  history(table: string): Promise<readonly HistoryEntry[]>;
}

export interface ExportedRecords {
  readonly statuses: number;
  readonly requests: number;
  readonly histories: number;
}

/** Writes `harvest-status/<table>`, `ooinet-requests/<table>__<stamp>__<kind>` and `history/<table>.txt`; what is there under these names is replaced. */
export async function exportRecords(source: RecordSource, objects: ObjectStore, options: WriteOptions = {}): Promise<ExportedRecords> {
  let [requests, histories] = [0, 0];
  const statuses = await source.statuses();
  const put = (key: string, json: unknown) =>
    objects.put(key, new TextEncoder().encode(`${JSON.stringify(json)}\n`), { ...options, contentType: 'application/json' });
  for (const { table, json } of statuses) {
    for (const { name, json: request } of await source.requests(table)) {
      await put(`${REQUEST_FOLDER}/${name}`, request);
      requests += 1;
    }
    const entries = await source.history(table);
    if (entries.length > 0) await exportHistory(table, entries, objects, options);
    histories += entries.length > 0 ? 1 : 0;
    await put(`${STATUS_FOLDER}/${table}`, json);
  }
  return { statuses: statuses.length, requests, histories };
}
