import { z } from 'zod';
import { readJson, writeJson } from '../../formats/zarr/json.ts';
import type { ObjectStore } from '../../stores/objects/contract.ts';
import type { SeriesInput } from '../series.ts';
import type { ConsumedRequest } from './contract.ts';
import { unreadableRecord } from './current.ts';
import { asJson } from './json.ts';

const schema = z.strictObject({
  id: z.string(),
  kind: z.enum(['append', 'refresh']),
  requestedAt: z.string(),
  begin: z.string(),
  end: z.string(),
  files: z.array(z.strictObject({ name: z.string(), rows: z.number(), leftOut: z.string().nullable() })).readonly(),
});

/** Names from outside become a part of a key only as their own characters. */
const nameOf = (id: string): string => encodeURIComponent(id).replaceAll('%', '=').slice(0, 200);

/** @param record the prefix of the record */
export const requestKey = (record: string, id: string): string => `${record}/requests/${nameOf(id)}.json`;

export function consumedRequest({ request, files }: SeriesInput): ConsumedRequest {
  const { id, kind, requestedAt, begin, end } = request;
  const listed = files.map((report) => ({
    name: report.file.name,
    rows: report.state === 'read' ? report.rows : 0,
    leftOut: report.state === 'read' ? null : report.reason,
  }));
  return { id, kind, requestedAt, begin, end, files: listed };
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
