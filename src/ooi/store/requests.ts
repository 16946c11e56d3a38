import { z } from 'zod';
import { readJson, writeJson } from '../../formats/zarr/json.ts';
import type { ObjectStore } from '../../stores/objects/contract.ts';
import type { FileReport, SeriesInput } from '../series.ts';
import { atOnce } from './at-once.ts';
import type { AppendCounts, ConsumedFile, ConsumedRequest, RequestOutcome } from './contract.ts';
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
  outcome: z
    .strictObject({ added: z.number(), corrected: z.number(), inserted: z.number(), why: z.string().nullable() })
    .readonly()
    .exactOptional(),
});

/** Names from outside become a part of a key only as their own characters. */
const nameOf = (id: string): string => encodeURIComponent(id).replaceAll('%', '=').slice(0, 200);

/** @param record the prefix of the record */
export const requestKey = (record: string, id: string): string => `${record}/requests/${nameOf(id)}.json`;

/** @param outcome null: it is not known of this request alone */
export function consumedRequest({ request, files }: SeriesInput, outcome: RequestOutcome | null): ConsumedRequest {
  const { id, kind, requestedAt, begin, end } = request;
  return { id, kind, requestedAt, begin, end, files: files.map(consumedFile), ...(outcome === null ? {} : { outcome }) };
}

function consumedFile(report: FileReport): ConsumedFile {
  const { name } = report.file;
  if (report.state === 'left_out') return { name, rows: 0, leftOut: report.reason };
  const { rows, firstTime, lastTime } = report;
  return { name, rows, leftOut: null, firstTime, lastTime };
}

/** What a request has done after one more call. */
export const outcomeAfter = (earlier: RequestOutcome | null, counts: AppendCounts): RequestOutcome => ({
  added: (earlier?.added ?? 0) + counts.added,
  corrected: (earlier?.corrected ?? 0) + counts.corrected,
  inserted: (earlier?.inserted ?? 0) + counts.inserted,
  why: earlier?.why ?? null,
});

export const requestBytes = (consumed: ConsumedRequest): Uint8Array => writeJson(asJson(consumed));

/** Null: it is not in this generation. */
export async function readRequest(objects: ObjectStore, record: string, id: string): Promise<ConsumedRequest | null> {
  const key = requestKey(record, id);
  const found = await objects.get(key);
  return found === null ? null : parsedRequest(key, found.bytes);
}

function parsedRequest(key: string, bytes: Uint8Array): ConsumedRequest {
  const parsed = schema.safeParse(readJson(key, bytes));
  if (parsed.success) return parsed.data;
  throw unreadableRecord(key, z.prettifyError(parsed.error));
}

/** Each is an object of its own, and a stream has one for each day. */
const AT_ONCE = 16;

export async function readRequests(objects: ObjectStore, record: string): Promise<readonly ConsumedRequest[]> {
  const all: ConsumedRequest[] = [];
  await atOnce(AT_ONCE, objects.list(`${record}/requests/`), async ({ key }) => {
    const found = await objects.get(key);
    if (found !== null) all.push(parsedRequest(key, found.bytes));
  });
  return all.toSorted((a, b) => (a.requestedAt === b.requestedAt ? (a.id < b.id ? -1 : 1) : a.requestedAt < b.requestedAt ? -1 : 1));
}
