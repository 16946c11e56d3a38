import { errnoOf, Failure, isFailure } from '../../errors.ts';
import { findUnanswered } from '../m2m/account.ts';
import type { Facility } from '../m2m/client.ts';
import { type AcceptedRequest, type Asked, askForData } from '../m2m/request.ts';
import { placeOf } from '../m2m/request-urls.ts';
import type { StreamName } from '../names.ts';
import { LOOK_MS } from './judge.ts';
import type { RequestRecord } from './record.ts';
import type { Requests, Wish } from './requests.ts';

export type AskOutcome =
  | { readonly state: 'accepted'; readonly record: RequestRecord }
  /** One of this stream and kind waits or is finished: nothing was asked. */
  | { readonly state: 'outstanding'; readonly record: RequestRecord }
  | { readonly state: 'no_data'; readonly record: RequestRecord; readonly says: string }
  /** It was sent, and nobody knows whether it was accepted: look again later. Nothing was asked a second time. */
  | { readonly state: 'unanswered'; readonly record: RequestRecord; readonly says: string; readonly lookAgainMs: number };

interface Tools {
  readonly facility: Facility;
  readonly requests: Requests;
  readonly lookMs: number;
}

/** A request whose answer never came has a folder after so many times the first look, if it was accepted. */
const PAUSE_LOOKS = 10;
const RAREST = LOOK_MS.longest / LOOK_MS.first;
const MOST_SENDS = 2;

/**
 * Asks for data, once, whatever is killed on the way: the request is written down before it is sent. When a record is found that was sent and
 * has no answer, the account's own folder is looked into; a request found there is taken. Where there is none after a pause it is sent once
 * more; a second time without a trace it has failed.
 *
 * @param lookMs  the first look for a trace is after so long, the next ones after as long again as has gone by; the pause is ten times this, or
 *                this beside the time that an answer may take, where that is longer.
 * @throws {Failure} stop, `request_refused`: the facility refused it, and it is closed; of kind again where it was surely not accepted.
 */
export async function askOnce(tools: Tools, name: StreamName, wish: Wish, signal: AbortSignal): Promise<AskOutcome> {
  const { facility, requests, lookMs } = tools;
  const now = new Date(facility.now());
  const { record } = await requests.claim(wish, now);
  if (record.state !== 'asking') return { state: 'outstanding', record };
  if (record.sentAt === null) return await send(tools, name, record, wish, signal);

  const found = await traceOf(facility, requests, name, record, record.sentAt, signal);
  if (found !== null) return await accept(requests, record, found, 'Its answer never came; it was found in the folder of the account', now);
  const agoMs = now.getTime() - record.sentAt.getTime();
  const leftMs = Math.max(PAUSE_LOOKS * lookMs, facility.timeoutMs + lookMs) - agoMs;
  const lookAgainMs = Math.min(leftMs, RAREST * lookMs, Math.max(lookMs, agoMs));
  if (leftMs > 0) return { state: 'unanswered', record, says: 'The request was sent and its answer never came', lookAgainMs };
  if (record.sends < MOST_SENDS) return await send(tools, name, record, record, signal);
  const says = `The request was sent ${record.sends} times, its answer never came, and the account has no folder of it`;
  await requests.move(record.id, 'failed', says, now);
  throw new Failure({ kind: 'stop', code: 'request_unanswered', happened: says, remedy: 'Look at the facility, then start the run again' });
}

async function send(
  { facility, requests, lookMs }: Tools,
  name: StreamName,
  record: RequestRecord,
  by: Pick<Wish, 'run' | 'range'>,
  signal: AbortSignal,
): Promise<AskOutcome> {
  const isOurs = await requests.sending(record, by, new Date(facility.now()));
  if (!isOurs) return sentBySomebodyElse((await requests.get(record.id)) ?? record, lookMs);
  const asked = await sent(facility, requests, name, { ...record, range: by.range }, signal);
  const now = new Date(facility.now());
  switch (asked.state) {
    case 'accepted':
      return await accept(requests, record, asked.request, null, now);
    case 'no_data':
      return { state: 'no_data', record: await requests.move(record.id, 'nothing_new', asked.says, now), says: asked.says };
    case 'refused':
      await requests.move(record.id, 'refused', asked.says, now);
      throw refused(record, asked.says);
  }
}

function sentBySomebodyElse(record: RequestRecord, lookAgainMs: number): AskOutcome {
  if (record.state !== 'asking') return { state: 'outstanding', record };
  return { state: 'unanswered', record, says: 'The request is being sent by another attempt', lookAgainMs };
}

async function sent(facility: Facility, requests: Requests, name: StreamName, record: RequestRecord, signal: AbortSignal): Promise<Asked> {
  try {
    return await askForData(facility, name, record.range, signal);
  } catch (error) {
    if (isFailure(error) && error.kind === 'stop') {
      await requests.move(record.id, 'refused', error.message, new Date(facility.now()));
    } else if (isSurelyNotAccepted(error)) {
      await requests.notSent(record.id);
    }
    throw error;
  }
}

const NOT_CONNECTED: ReadonlySet<string | undefined> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function isSurelyNotAccepted(error: unknown): boolean {
  return isFailure(error, 'facility_busy', 'facility_maintenance') || (isFailure(error) && NOT_CONNECTED.has(errnoOf(error.cause)));
}

async function traceOf(
  facility: Facility,
  requests: Requests,
  name: StreamName,
  { table, sentAt }: RequestRecord,
  since: Date,
  signal: AbortSignal,
): Promise<AcceptedRequest | null> {
  const like = sentAt === null ? null : await requests.anyAccepted(table);
  if (like === null) return null;
  const known = (await requests.latest(table, 100)).flatMap(({ accepted }) => placeOf(accepted?.catalogUrl ?? '')?.folder ?? []);
  return await findUnanswered(facility, { name, like, since: since.toISOString(), known }, signal);
}

const accept = async (
  requests: Requests,
  record: RequestRecord,
  accepted: AcceptedRequest,
  why: string | null,
  now: Date,
): Promise<AskOutcome> => ({
  state: 'accepted',
  record: await requests.move(record.id, 'waiting', why, now, { accepted }),
});

const refused = ({ table }: RequestRecord, says: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'request_refused',
    happened: `The facility did not accept a request for ${table}: ${says}`,
    remedy: 'Look at what was asked for, and at the rights of the account',
  });
