import type { z } from 'zod';
import type { Secret } from '../../config/secret.ts';
import { Failure } from '../../errors.ts';
import { apiAddress, type FacilityAddresses, knownAddress } from './address.ts';
import { dateOf, isHtml, maintenance, retryAfterMs, statusFailure } from './answers.ts';
import { type Got, get } from './http.ts';
import { parseJson } from './json.ts';
import { within } from './within.ts';

export interface FacilityOptions extends FacilityAddresses {
  readonly user: Secret;
  readonly token: Secret;
  /** An answer of the interface is given up after so long. */
  readonly timeoutMs: number;
  /** An answer of the interface that is larger is refused. */
  readonly maxBytes?: number;
  /** Called before each question to the interface: whoever keeps the facility's rate lets it wait here. */
  readonly turn?: (signal: AbortSignal) => Promise<void>;
  /** Milliseconds since 1970; the clock unless a test has its own. */
  readonly now?: () => number;
}

/** What the interface answered: 404 is an answer too, and what it means depends on the question. */
export interface Answer {
  readonly status: number;
  readonly json: unknown;
  /** As it came. */
  readonly text: string;
  /** The facility's clock when it answered, to the second; milliseconds since 1970, null: it does not tell. */
  readonly saidAt: number | null;
}

/** The table of contents is several MB; nothing honest is larger than this. */
const LARGEST_ANSWER = 64 * 1024 * 1024;
const LARGEST_TEXT = 8 * 1024 * 1024;
/** Nothing at all for so long while a file or a catalog comes: the connection is dead. */
export const IDLE_MS = 60_000;
const REDIRECTS = 3;

/** The facility, one question at a time. It asks once: repeating is for those who know whether that does harm. */
export class Facility {
  readonly #options: FacilityOptions;

  constructor(options: FacilityOptions) {
    this.#options = options;
  }

  get addresses(): FacilityAddresses {
    return this.#options;
  }

  get timeoutMs(): number {
    return this.#options.timeoutMs;
  }

  now(): number {
    return (this.#options.now ?? Date.now)();
  }

  /**
   * Asks the interface, with credentials.
   * @param path  below the facility's address, such as `/api/m2m/12576/sensor/inv/toc`.
   * @param what  what is asked for, to follow "answered": `the inventory`.
   * @throws {Failure} again: `facility_maintenance`, `facility_busy`, `facility_error`, `facility_unreachable` (time-outs too);
   *                   stop: `facility_refused` (credentials), `facility_refused_request`, `answer_too_large`.
   */
  async ask(path: string, what: string, signal: AbortSignal, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    await this.#options.turn?.(signal);
    const { user, token, timeoutMs, maxBytes = LARGEST_ANSWER } = this.#options;
    const basic = Buffer.from(`${user.reveal()}:${token.reveal()}`).toString('base64');
    const headers = { authorization: `Basic ${basic}`, accept: 'application/json' };
    return await within(timeoutMs, what, signal, async (either) => {
      const got = await get(apiAddress(this.#options, path, query), { headers, signal: either, idleMs: timeoutMs });
      return this.#read(what, got, await textOf(got, maxBytes, what));
    });
  }

  #read(what: string, { status, headers }: Got, text: string): Answer {
    const isAnswer = (status >= 200 && status < 300) || status === 404;
    if (!isAnswer) throw statusFailure(what, status, retryAfterMs(headers['retry-after'], this.now()), true);
    // A page for people, or half an answer: whatever its status, the facility is not there for programs now.
    const json = parseJson(text);
    if (json === undefined) throw maintenance(what, text);
    return { status, json, text, saidAt: dateOf(headers) };
  }

  /**
   * Asks the interface and reads the answer by its schema, which keeps unknown fields out.
   * @throws {Failure} as `ask`; stop: `not_at_facility`, `unknown_answer`.
   */
  async askFor<Value>(
    schema: z.ZodType<Value>,
    path: string,
    what: string,
    signal: AbortSignal,
    query: Readonly<Record<string, string>> = {},
  ): Promise<Value> {
    const { status, json } = await this.ask(path, what, signal, query);
    if (status === 404) throw statusFailure(what, status, undefined);
    return readAs(schema, json, what);
  }

  /**
   * Fetches from an address that an answer named, without credentials, following redirects to hosts of the facility.
   * @throws {Failure} `foreign_address` (stop), `facility_unreachable` (again).
   */
  async open(address: string, signal: AbortSignal, headers: Readonly<Record<string, string>> = {}, idleMs = IDLE_MS): Promise<Got> {
    let at = knownAddress(this.#options, address);
    for (let hop = 0; hop <= REDIRECTS; hop += 1) {
      const got = await get(at, { headers, signal, idleMs });
      const { location } = got.headers;
      if (got.status < 300 || got.status >= 400 || got.status === 304 || location === undefined) return got;
      got.discard();
      at = knownAddress(this.#options, URL.canParse(location, at.href) ? new URL(location, at).href : location);
    }
    throw new Failure({ kind: 'again', code: 'facility_error', happened: `${at.host} sends from one address to another without an end` });
  }

  /** A small text at an address that an answer named; null: 404. A page for people is `facility_maintenance`. */
  async text(address: string, what: string, signal: AbortSignal): Promise<string | null> {
    const [got, text] = await within(this.timeoutMs, what, signal, async (either) => {
      const answer = await this.open(address, either);
      return [answer, await textOf(answer, LARGEST_TEXT, what)] as const;
    });
    if (got.status === 404) return null;
    if (got.status < 200 || got.status >= 300) throw statusFailure(what, got.status, retryAfterMs(got.headers['retry-after'], this.now()));
    if (isHtml(text)) throw maintenance(what, text);
    return text;
  }
}

/** @throws {Failure} `unknown_answer` (stop). */
export function readAs<Value>(schema: z.ZodType<Value>, json: unknown, what: string): Value {
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  const [first] = read.error.issues;
  throw new Failure({
    kind: 'stop',
    code: 'unknown_answer',
    happened: `The facility answered ${what} in a form that is not known: ${first?.path.join('.') || 'the whole'}: ${first?.message ?? ''}`,
    remedy: 'The interface has changed; this version of Landfall cannot read it',
  });
}

async function textOf({ body, discard }: Got, maxBytes: number, what: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > maxBytes) {
      discard();
      throw new Failure({ kind: 'stop', code: 'answer_too_large', happened: `The answer for ${what} is larger than ${maxBytes} bytes` });
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
