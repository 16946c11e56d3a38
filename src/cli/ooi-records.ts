import { resolve } from 'node:path';
import { formatItems } from '../observe/counts.ts';
import { OOI_DEFAULTS } from '../ooi/flow.ts';
import { type HistoryEntry, historyStatus } from '../ooi/notify/history.ts';
import { History } from '../ooi/requests/history.ts';
import { fromLegacyRequest, legacyName, toLegacyRequest } from '../ooi/requests/legacy-request.ts';
import { fromLegacyStatus, toLegacyStatus } from '../ooi/requests/legacy-status.ts';
import type { RequestRecord } from '../ooi/requests/record.ts';
import { Requests } from '../ooi/requests/requests.ts';
import { Statuses, type StreamStatus } from '../ooi/requests/status.ts';
import { exportRecords, type RecordSource } from '../ooi/takeover/export-records.ts';
import { importRecords, type RecordKeeper } from '../ooi/takeover/import-records.ts';
import { openDisk } from '../stores/objects/disk.ts';
import type { Context } from './context.ts';
import type { Answer } from './output.ts';

/** Of one stream, the latest ones: more than years of days. */
const MOST_REQUESTS = 5_000;
const MOST_EVENTS = 50_000;

/** Takes over the status and request records of an existing harvest. */
export async function importOoiRecords(context: Context, folder: string, dryRun: boolean): Promise<Answer> {
  const database = await context.database();
  const [statuses, requests, now] = [new Statuses(database), new Requests(database, new History(database)), new Date()];
  const keeper: RecordKeeper<StreamStatus, RequestRecord> = {
    readStatus: (table, json) => fromLegacyStatus(table, json, now),
    outstanding: ({ request }) => (request.isOutstanding ? request.record : null),
    readRequest: (name, json, flow) => fromLegacyRequest(name, json, flow, now),
    adoptStatus: (status) => statuses.adopt(status),
    adoptRequest: (request) => requests.adopt(request),
  };
  const taken = await importRecords(resolve(folder), keeper, { dryRun });
  const verb = dryRun ? 'Would take over' : 'Took over';
  const lines = [
    `${verb} ${formatItems(taken.statuses.adopted, 'status record')} (${taken.statuses.kept} were there already) and ${formatItems(taken.requests.adopted, 'request that is', 'requests that are')} waited for (${taken.requests.kept} were there already).`,
    `${formatItems(taken.requests.past, 'request of the past stays where it is', 'requests of the past stay where they are')}.`,
    ...taken.withoutRecord.map((table) => `Note: ${table} waits for a request whose record is not there; its range is asked for again.`),
  ];
  return { value: { ...taken, dryRun }, text: lines.join('\n') };
}

/** Writes the records in the form of the existing harvest, and the history of each stream. */
export async function exportOoiRecords(context: Context, folder: string): Promise<Answer> {
  const exported = await exportRecords(await sourceOf(context), await openDisk({ folder: resolve(folder) }));
  const { statuses, requests, histories } = exported;
  return {
    value: exported,
    text: `Wrote ${statuses} status records, ${requests} request records and ${histories} histories into ${resolve(folder)}.`,
  };
}

async function sourceOf(context: Context): Promise<RecordSource> {
  const database = await context.database();
  const [statuses, history] = [new Statuses(database), new History(database)];
  const requests = new Requests(database, history);
  return {
    statuses: async () => (await statuses.all()).map((status) => ({ table: status.table, json: toLegacyStatus(status) })),
    requests: async (table) =>
      (await requests.latest(table, MOST_REQUESTS)).flatMap((record) =>
        record.accepted === null
          ? []
          : [{ name: legacyName(table, record.kind, record.accepted.requestedAt), json: toLegacyRequest(record, OOI_DEFAULTS.api) }],
      ),
    history: async (table) =>
      (await history.latest(table, MOST_EVENTS)).flatMap(({ event, state, at }): readonly HistoryEntry[] => {
        const status = event.endsWith(' request') ? historyStatus(state) : null;
        return status === null ? [] : [{ status, at }];
      }),
  };
}
