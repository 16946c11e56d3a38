import { z } from 'zod';
import { Failure } from '../../errors.ts';
import type { StreamName } from '../names.ts';
import type { Facility } from './client.ts';
import { isoOfMicros, microsNotBefore, microsOf } from './instants.ts';
import { inventoryPath } from './inventory.ts';
import { listOf } from './json.ts';
import { addressesOf } from './request-urls.ts';

/** ISO 8601, UTC; both ends belong to it. */
export interface TimeRange {
  readonly begin: string;
  readonly end: string;
}

/** An accepted data request, and where its results will be. JSON-safe. */
export interface AcceptedRequest {
  /** The facility's UUID. */
  readonly id: string;
  /** The catalog for programs: `…/catalog.xml`. */
  readonly catalogUrl: string;
  /** The plain folder, without a slash at its end. */
  readonly downloadUrl: string;
  readonly statusUrl: string;
  /** Guesses of the facility. */
  readonly sizeBytes: number | null;
  readonly estimatedSeconds: number | null;
  readonly subJobs: number | null;
  /** When it was asked, ISO 8601, UTC. */
  readonly requestedAt: string;
}

export type Estimate =
  | { readonly state: 'data'; readonly sizeBytes: number; readonly estimatedSeconds: number; readonly subJobs: number | null }
  | { readonly state: 'no_data'; readonly says: string };

export type Asked =
  | { readonly state: 'accepted'; readonly request: AcceptedRequest }
  | { readonly state: 'no_data'; readonly says: string }
  /** Answered, but not as an accepted request is: kept as it came, for a person to see. */
  | { readonly state: 'refused'; readonly says: string; readonly answer: unknown };

/** The parameters of a data request, exactly as the existing harvester sends them. Specification 3. */
export function requestQuery({ begin, end }: TimeRange, estimateOnly: boolean): Readonly<Record<string, string>> {
  const [from, to] = [microsOf(begin), microsNotBefore(end)];
  if (from === null || to === null || from > to) {
    throw new Failure({
      kind: 'stop',
      code: 'bad_range',
      happened: `${begin} to ${end} is no range of times`,
      expected: 'two times such as 2024-01-01T00:00:00Z, the first not after the second',
    });
  }
  return {
    beginDT: isoOfMicros(from),
    endDT: isoOfMicros(to),
    format: 'application/netcdf',
    limit: '-1',
    execDPA: 'true',
    include_provenance: 'true',
    estimate_only: String(estimateOnly),
    email: 'None',
  };
}

const requestPath = ({ instrument, method, stream }: StreamName): string => `${inventoryPath(instrument)}/${method}/${stream}`;
const named = (name: StreamName): string => `${name.stream} (${name.method}) of ${name.instrument}`;

const refusal = z.object({ message: z.union([z.string(), z.object({ status: z.string() })]) });
const saysOf = (json: unknown, otherwise: string): string => {
  const { message } = refusal.safeParse(json).data ?? { message: otherwise };
  return (typeof message === 'string' ? message : message.status).slice(0, 500);
};

const estimated = z.object({
  requestUUID: z.string(),
  sizeCalculation: z.number().catch(0),
  timeCalculation: z.number().catch(0),
  numberOfSubJobs: z.number().nullable().catch(null),
});

/** How much there is in a range. Asking changes nothing at the facility. */
export async function estimate(facility: Facility, name: StreamName, range: TimeRange, signal: AbortSignal): Promise<Estimate> {
  const answer = await facility.ask(requestPath(name), `an estimate of ${named(name)}`, signal, requestQuery(range, true));
  const read = estimated.safeParse(answer.json);
  if (answer.status === 404 || !read.success) return { state: 'no_data', says: saysOf(answer.json, 'the estimate names no request') };
  const { sizeCalculation, timeCalculation, numberOfSubJobs } = read.data;
  return { state: 'data', sizeBytes: sizeCalculation, estimatedSeconds: timeCalculation, subJobs: numberOfSubJobs };
}

/** An estimate of more than a month is none: a request is waited for as its estimate says. */
const LONGEST_ESTIMATE_SECONDS = 31 * 86_400;

const address = z.string().max(2_000);

const accepted = z.object({
  requestUUID: z.string().min(1).max(200),
  outputURL: address.exactOptional(),
  allURLs: listOf(address).refine((urls) => urls.length > 0),
  sizeCalculation: z.number().nonnegative().nullable().catch(null),
  timeCalculation: z.number().min(0).max(LONGEST_ESTIMATE_SECONDS).nullable().catch(null),
  numberOfSubJobs: z.number().nullable().catch(null),
});

/**
 * Asks for the data of a range. **Never repeat it blindly**: each accepted request makes the facility do the work anew. After a failure of
 * kind again it is not known whether it was accepted; `findUnanswered` looks.
 */
export async function askForData(facility: Facility, name: StreamName, range: TimeRange, signal: AbortSignal): Promise<Asked> {
  const query = requestQuery(range, false);
  const requestedAt = new Date(facility.now()).toISOString();
  const { status, json } = await facility.ask(requestPath(name), `a request for ${named(name)}`, signal, query);
  if (status === 404) return { state: 'no_data', says: saysOf(json, 'there are no data in the range') };
  const read = accepted.safeParse(json);
  if (!read.success) return { state: 'refused', says: saysOf(json, 'the answer names no addresses'), answer: json };
  const { requestUUID: id, allURLs, outputURL, sizeCalculation, timeCalculation, numberOfSubJobs } = read.data;
  const addresses = addressesOf(outputURL === undefined ? allURLs : [...allURLs, outputURL]);
  if (addresses === null) return { state: 'refused', says: 'the answer names no catalog and no folder of results', answer: json };
  return {
    state: 'accepted',
    request: {
      id,
      ...addresses,
      sizeBytes: sizeCalculation,
      estimatedSeconds: timeCalculation,
      subJobs: numberOfSubJobs,
      requestedAt,
    },
  };
}
