import { z } from 'zod';
import { Failure } from '../../errors.ts';
import { microsOf } from '../m2m/instants.ts';
import { legacyName } from './legacy-request.ts';
import type { RequestKind } from './record.ts';
import type { StreamStatus } from './status.ts';

/** The status records of the existing harvester: JSON without a suffix, one per stream. Pure. Specification 5.3. */

const textOrNull = z.string().nullable().default(null);

export const legacyStatus = z.object({
  status: z.enum(['started', 'pending', 'failed', 'success', 'discontinued', 'unknown']).default('unknown'),
  last_updated: textOrNull,
  data_ready: z.boolean().default(false),
  data_response: textOrNull,
  requested_at: textOrNull,
  data_check: z.boolean().default(false),
  process_status: z.enum(['pending', 'failed', 'success']).nullable().default(null),
  cloud_location: textOrNull,
  start_date: textOrNull,
  end_date: textOrNull,
  advanced_qaqc_end_date: textOrNull,
  processed_at: textOrNull,
  last_refresh: textOrNull,
});
export type LegacyStatus = z.output<typeof legacyStatus>;

/**
 * Reads an existing status record. Texts stay as they are written; what is no time (`NaT`) becomes null, since the store says what it covers.
 * @throws {Failure} `bad_status_record` (stop).
 */
export function fromLegacyStatus(table: string, json: unknown, now: Date): StreamStatus {
  const read = legacyStatus.safeParse(json);
  if (!read.success) {
    throw new Failure({
      kind: 'stop',
      code: 'bad_status_record',
      happened: `The status record of ${table} cannot be read: ${z.prettifyError(read.error).replace(/\s*\n\s*/g, ' ')}`,
      expected: 'a record as the existing harvester keeps it',
    });
  }
  const { data } = read;
  return {
    table,
    flow: null,
    request: {
      state: data.status,
      record: data.data_response,
      kind: kindOf(data.data_response),
      requestedAt: data.requested_at,
      isReady: data.data_ready,
      isOutstanding: data.data_check,
    },
    process: { state: data.process_status, at: data.processed_at },
    store: { location: data.cloud_location, first: timeOrNull(data.start_date), last: timeOrNull(data.end_date) },
    lastRefresh: data.last_refresh,
    advancedQaqcEnd: timeOrNull(data.advanced_qaqc_end_date),
    updatedAt: data.last_updated ?? now.toISOString(),
  };
}

/**
 * The status of a stream as the existing harvester and its readers know it.
 * @param place  where its request records are, its last slash included: the name of a request tells its kind there.
 */
export function toLegacyStatus(status: StreamStatus, place = ''): LegacyStatus {
  const { request, process, store, lastRefresh, advancedQaqcEnd, updatedAt } = status;
  return {
    status: request.state,
    last_updated: updatedAt,
    data_ready: request.isReady,
    data_response: recordName(status, place),
    requested_at: request.requestedAt,
    data_check: request.isOutstanding,
    process_status: process.state,
    cloud_location: store.location,
    start_date: store.first,
    end_date: store.last,
    advanced_qaqc_end_date: advancedQaqcEnd,
    processed_at: process.at,
    last_refresh: lastRefresh,
  };
}

function recordName({ table, request }: StreamStatus, place: string): string | null {
  const { record, kind, requestedAt } = request;
  if (record === null || kindOf(record) !== null || kind === null || requestedAt === null) return record;
  return `${place}${legacyName(table, kind, requestedAt)}`;
}

/** The kind is the end of the record's name: `…__daily` or `…__refresh`. */
export function kindOf(dataResponse: string | null): RequestKind | null {
  const [, word] = /__(daily|refresh)$/.exec(dataResponse ?? '') ?? [];
  return word === undefined ? null : word === 'daily' ? 'append' : 'refresh';
}

const timeOrNull = (text: string | null): string | null => (text !== null && microsOf(text) !== null ? text : null);
