import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Failure, messageOf } from '../../errors.ts';

/** The head of an answer; its body is read, or discarded, by whoever asked. */
export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
  /** Closes the connection without reading the rest. */
  discard(): void;
}

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Gives up when nothing at all comes for so long, before the head of the answer and between its parts. */
  readonly idleMs: number;
}

/** Connections are kept: a stream of small files from one host is fetched over a few. */
const agents = {
  'http:': new HttpAgent({ keepAlive: true, maxFreeSockets: 8 }),
  'https:': new HttpsAgent({ keepAlive: true, maxFreeSockets: 8 }),
} as const;

/**
 * One GET. Node's own client rather than `fetch`, which gives up after five minutes without a head: an accepted request may take fifteen.
 * Redirects are answers like others: following them is the caller's decision.
 * @throws {Failure} `facility_unreachable` (again): no connection, cut before the head, or silence.
 */
export async function get(url: URL, { headers = {}, signal, idleMs }: GetOptions): Promise<Got> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const isPlain = url.protocol === 'http:';
  const send = isPlain ? httpRequest : httpsRequest;
  const request = send(url, {
    agent: agents[isPlain ? 'http:' : 'https:'],
    signal,
    headers: { 'user-agent': 'landfall', 'accept-encoding': 'identity', ...headers },
  });
  request.on('response', resolve);
  request.on('error', reject);
  request.setTimeout(idleMs, () => void request.destroy(new Error(`nothing came for ${idleMs / 1000} s`)));
  request.end();
  try {
    const answer = await promise;
    return {
      status: answer.statusCode ?? 0,
      headers: answer.headers,
      body: bodyOf(answer, url, signal),
      discard: () => void answer.destroy(),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(url, error);
  }
}

async function* bodyOf(answer: IncomingMessage, url: URL, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const part of answer) yield part;
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(url, error, 'was cut');
  }
}

const unreachable = (url: URL, error: unknown, how = 'could not be had'): Failure =>
  new Failure({
    kind: 'again',
    code: 'facility_unreachable',
    happened: `An answer of ${url.host} ${how}: ${messageOf(error)}`,
    remedy: 'Check the network; the work goes on by itself when the facility answers',
    cause: error,
  });
