import { z } from 'zod';
import { readJson, writeJson } from '../../formats/zarr/json.ts';
import type { ObjectStore } from '../../stores/objects/contract.ts';
import type { FileReport, SeriesInput } from '../series.ts';
import type { ConsumedFile, ConsumedRequest } from './contract.ts';
import { unreadableRecord } from './current.ts';
import { asJson } from './json.ts';

const file = z.strictObject({
  name: z.string(),
  rows: z.number(),
  leftOut: z.string().nullable(),
  firstTime: z.number().optional(),
  lastTime: z.number().optional(),
});

const schema = z.strictObject({
  id: z.string(),
  kind: z.enum(['append', 'refresh']),
  requestedAt: z.string(),
  begin: z.string(),
  end: z.string(),
  files: z.array(file).readonly(),
});

/** Names from outside become a part of a key only as their own characters. */
const nameOf = (id: string): string => encodeURIComponent(id).replaceAll('%', '=').slice(0, 200);

/** @param record the prefix of the record */
export const requestKey = (record: string, id: string): string => `${record}/requests/${nameOf(id)}.json`;

export function consumedRequest({ request, files }: SeriesInput): ConsumedRequest {
  const { id, kind, requestedAt, begin, end } = request;
  return { id, kind, requestedAt, begin, end, files: files.map(consumedFile) };
}

function consumedFile(report: FileReport): ConsumedFile {
  const { name } = report.file;
  if (report.state === 'left_out') return { name, rows: 0, leftOut: report.reason };
  const { rows, firstTime, lastTime } = report;
  return { name, rows, leftOut: null, firstTime, lastTime };
}

export const requestBytes = (consumed: ConsumedRequest): Uint8Array => writeJson(asJson(consumed));

export async function readRequests(objects: ObjectStore, record: string): Promise<readonly ConsumedRequest[]> {
  const all: ConsumedRequest[] = [];
  for await (const { key } of objects.list(`${record}/requests/`)) {
    const found = await objects.get(key);
    if (found === null) continue;
    const parsed = schema.safeParse(readJson(key, found.bytes));
    if (!parsed.success) throw unreadableRecord(key, z.prettifyError(parsed.error));
    all.push(parsed.data);
  }
  return all.toSorted((a, b) => (a.requestedAt === b.requestedAt ? (a.id < b.id ? -1 : 1) : a.requestedAt < b.requestedAt ? -1 : 1));
}
