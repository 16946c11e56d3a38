import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { messageOf } from '../errors.ts';
import type { Metrics } from './metrics.ts';
import { redactText } from './redact.ts';

/** One look at something that this process needs. Resolves with a few words about it; rejects when it is not well. */
export type HealthCheck = (signal: AbortSignal) => Promise<string>;

export interface StatusOptions {
  /** Port 0: a free one. */
  readonly host: string;
  readonly port: number;
  readonly checks: Readonly<Record<string, HealthCheck>>;
  readonly metrics: Pick<Metrics, 'text'>;
  /** Address of the Temporal SDK's own Prometheus endpoint, whose metrics are put behind ours. */
  readonly sdkMetrics?: string;
  /** How long one check, or the SDK's endpoint, may take. */
  readonly patienceMs?: number;
}

export interface StatusServer {
  readonly host: string;
  readonly port: number;
  /** `http://host:port`. */
  readonly url: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Long enough for a busy database, shorter than the ten seconds after which a scraper gives up. */
const PATIENCE_MS = 3_000;

/** Serves GET /healthz (200, or 503 when a check fails; JSON) and GET /metrics (Prometheus). Rejects with Node's error when the address is taken. */
export async function serveStatus({
  host,
  port,
  checks,
  metrics,
  sdkMetrics,
  patienceMs = PATIENCE_MS,
}: StatusOptions): Promise<StatusServer> {
  const answers: Readonly<Record<string, () => Promise<Answer>>> = {
    '/healthz': () => health(checks, patienceMs),
    '/metrics': () => allMetrics(metrics, sdkMetrics, patienceMs),
  };
  const server = createServer((request, response) => void answer(request, response, answers));
  server.requestTimeout = 10_000;
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, host, resolve);
  await listening;
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return {
    host,
    port: actual,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    close: () => {
      const { promise: closed, resolve: done } = Promise.withResolvers<void>();
      server.close(() => done());
      server.closeAllConnections();
      return closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  answers: Readonly<Record<string, () => Promise<Answer>>>,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const make = Object.hasOwn(answers, path) ? answers[path] : undefined;
  const { status, type, body } = !isRead
    ? plain(405, 'Only GET and HEAD are answered here.')
    : make === undefined
      ? plain(404, `Nothing is here. There are ${Object.keys(answers).join(' and ')}.`)
      : await make().catch((error: unknown) => plain(500, redactText(messageOf(error))));
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const plain = (status: number, sentence: string): Answer => ({ status, type: 'text/plain; charset=utf-8', body: `${sentence}\n` });

async function health(checks: Readonly<Record<string, HealthCheck>>, patienceMs: number): Promise<Answer> {
  const looks = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await look(check, patienceMs)] as const));
  const isWell = looks.every(([, { ok }]) => ok);
  const body = JSON.stringify({ status: isWell ? 'ok' : 'failing', checks: Object.fromEntries(looks) });
  return { status: isWell ? 200 : 503, type: 'application/json; charset=utf-8', body: `${body}\n` };
}

async function look(check: HealthCheck, patienceMs: number): Promise<{ readonly ok: boolean; readonly detail: string }> {
  const late = AbortSignal.timeout(patienceMs);
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  late.addEventListener('abort', () => reject(new Error(`No answer within ${patienceMs} ms.`)), { once: true });
  try {
    return { ok: true, detail: redactText(await Promise.race([(async () => check(late))(), tooLate])) };
  } catch (error) {
    return { ok: false, detail: redactText(messageOf(error)) };
  }
}

async function allMetrics(metrics: Pick<Metrics, 'text'>, sdkMetrics: string | undefined, patienceMs: number): Promise<Answer> {
  const [own, sdk] = await Promise.all([metrics.text(), sdkMetrics === undefined ? '' : sdkText(sdkMetrics, patienceMs)]);
  const body = [own, sdk].map((text) => text.trimEnd()).filter((text) => text !== '');
  return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: `${body.join('\n')}\n` };
}

/** The SDK's endpoint may not be up yet: then our own metrics stand alone, with a comment that says so. */
async function sdkText(address: string, patienceMs: number): Promise<string> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(patienceMs) });
    if (!response.ok) return `# The Temporal SDK's metrics answered with status ${response.status}.`;
    return (await response.text()).replace(/^# EOF\s*$/m, '');
  } catch (error) {
    return `# The Temporal SDK's metrics are not there: ${redactText(messageOf(error)).replaceAll('\n', ' ')}`;
  }
}
