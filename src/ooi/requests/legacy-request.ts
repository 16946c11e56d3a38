import { z } from 'zod';
import { Failure } from '../../errors.ts';
import { isoOfMicros, microsOf } from '../m2m/instants.ts';
import { type AcceptedRequest, requestQuery } from '../m2m/request.ts';
import { addressesOf, catalogXml } from '../m2m/request-urls.ts';
import { instrumentParts, parseTable } from '../names.ts';
import { NEVER_LOOKED, type RequestKind, type RequestRecord } from './record.ts';

/** The request records of the existing harvester: `<table>__<stamp>__<daily or refresh>`. Pure. Specification 3 and 5.4. */

const result = z.object({
  request_id: z.string(),
  thredds_catalog: z.string(),
  download_catalog: z.string(),
  status_url: z.string(),
  data_size: z.number().nullable().default(null),
  estimated_time: z.number().nullable().default(null),
  units: z.object({ data_size: z.string(), estimated_time: z.string(), request_dt: z.string() }).exactOptional(),
  request_dt: z.string(),
});
export type LegacyResult = z.output<typeof result>;

const params = z.object({ beginDT: z.string(), endDT: z.string() });
const legacyRequest = z.object({ result, params: params.loose(), request_dt: z.string().exactOptional() }).loose();

/** `YYYYMM` for refresh, `YYYYMMDDTHHMM` for daily, UTC. */
export function legacyName(table: string, kind: RequestKind, requestedAt: string): string {
  const compact = requestedAt.replace(/[-:]/g, '');
  return kind === 'refresh' ? `${table}__${compact.slice(0, 6)}__refresh` : `${table}__${compact.slice(0, 13)}__daily`;
}

/** `<table>__<stamp>__<daily or refresh>`, also at the end of an address; null when it is something else. */
export function parseLegacyName(name: string): { readonly table: string; readonly kind: RequestKind } | null {
  const [, table = '', word] = /([^/]+)__\d{6}(?:\d\dT\d{4})?__(daily|refresh)$/.exec(name) ?? [];
  return word === undefined || parseTable(table) === null ? null : { table, kind: word === 'daily' ? 'append' : 'refresh' };
}

/** The part of the record that stands for the facility's answer. */
export function toLegacyResult({
  id,
  catalogUrl,
  downloadUrl,
  statusUrl,
  sizeBytes,
  estimatedSeconds,
  requestedAt,
}: AcceptedRequest): LegacyResult {
  return {
    request_id: id,
    thredds_catalog: catalogUrl.replace(/\.xml$/, '.html'),
    download_catalog: downloadUrl,
    status_url: statusUrl,
    data_size: sizeBytes,
    estimated_time: estimatedSeconds,
    units: { data_size: 'bytes', estimated_time: 'seconds', request_dt: 'UTC' },
    request_dt: withoutZone(requestedAt),
  };
}

/** @throws {Failure} `bad_request_record` (stop): an answer that was no acceptance, or another form. */
export function fromLegacyResult(json: unknown, name: string): AcceptedRequest {
  const read = result.safeParse(json);
  const addresses = read.success ? addressesOf([read.data.thredds_catalog, read.data.download_catalog]) : null;
  const micros = read.success ? microsOf(read.data.request_dt) : null;
  if (!read.success || addresses === null || micros === null) throw bad(name, 'its result is no accepted request');
  const {
    request_id: id,
    thredds_catalog: catalog,
    status_url: statusUrl,
    data_size: sizeBytes,
    estimated_time: estimatedSeconds,
  } = read.data;
  return {
    id,
    catalogUrl: catalogXml(catalog),
    downloadUrl: addresses.downloadUrl,
    statusUrl,
    sizeBytes,
    estimatedSeconds,
    subJobs: null,
    requestedAt: isoOfMicros(micros),
  };
}

/** A record as the existing harvester keeps it. `stream` (the joined inventory entry) and `estimated` as far as they are known here. */
export function toLegacyRequest(record: RequestRecord, api: string): Readonly<Record<string, unknown>> {
  const name = parseTable(record.table);
  if (record.accepted === null || name === null) throw bad(record.id, 'it was never accepted');
  const { site, node, sensor } = instrumentParts(name.instrument);
  const { instrument, method, stream } = name;
  return {
    result: toLegacyResult(record.accepted),
    url: `${api.replace(/\/+$/, '')}/api/m2m/12576/sensor/inv/${site}/${node}/${sensor}/${method}/${stream}`,
    params: requestQuery(record.range, false),
    stream: {
      table_name: record.table,
      reference_designator: instrument,
      platform_code: site,
      mooring_code: node,
      instrument_code: sensor,
      stream,
      method,
    },
    estimated: {
      requestUUID: '',
      sizeCalculation: record.accepted.sizeBytes,
      timeCalculation: record.accepted.estimatedSeconds,
      numberOfSubJobs: record.accepted.subJobs,
    },
    zarr_exists: record.kind === 'append',
    request_dt: withoutZone(record.accepted.requestedAt),
  };
}

/**
 * A request that the existing harvester made, as one that is waited for: whether it is finished is looked at, not believed.
 * @param name  of the record: it says the table and the kind.
 */
export function fromLegacyRequest(name: string, json: unknown, flow: string, now: Date): RequestRecord {
  const named = parseLegacyName(name);
  if (named === null) throw bad(name, 'its name is not that of a request record');
  const read = legacyRequest.safeParse(json);
  if (!read.success) throw bad(name, 'its form is not known');
  const [begin, end] = [microsOf(read.data.params.beginDT), microsOf(read.data.params.endDT)];
  if (begin === null || end === null) throw bad(name, 'its range cannot be read');
  const accepted = fromLegacyResult(read.data.result, name);
  return {
    id: `${named.table}#${named.kind}#1`,
    ...named,
    number: 1,
    flow,
    run: 'import',
    range: { begin: isoOfMicros(begin), end: isoOfMicros(end) },
    attempt: 1,
    state: 'waiting',
    why: 'Made by the harvester before',
    createdAt: new Date(accepted.requestedAt),
    stateSince: now,
    sentAt: new Date(accepted.requestedAt),
    sends: 1,
    accepted,
    looks: NEVER_LOOKED,
    owed: [],
    files: null,
  };
}

const withoutZone = (iso: string): string => iso.replace(/Z$/, '');

const bad = (name: string, why: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'bad_request_record',
    happened: `The request record ${name} cannot be used: ${why}`,
    expected: 'a record as the existing harvester keeps it',
  });
