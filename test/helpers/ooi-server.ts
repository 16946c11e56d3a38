import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { z } from 'zod';
import { Secret } from '../../src/config/secret.ts';
import { Facility, type FacilityOptions } from '../../src/ooi/m2m/client.ts';
import { OOI_DATA } from '../golden/ooi-data.ts';

const SERVER = join(OOI_DATA, 'server');

const routesSchema = z.object({
  hosts: z.record(z.string(), z.string()),
  static: z.array(z.object({ prefix: z.string(), dir: z.string() })),
  routes: z.array(z.object({ path: z.string(), status: z.int(), file: z.string(), query: z.record(z.string(), z.string()).optional() })),
  data_requests: z.array(z.object({ key: z.string(), path: z.string(), answer: z.string(), estimate: z.string() })),
});

/** What an answer is instead of the usual one: another one, or the usual one cut after some bytes of its body, or none at all. */
export interface Fault {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly cutAfter?: number;
  readonly isSilent?: boolean;
  /** After a cut the connection stays. */
  readonly isHeld?: boolean;
  /** So many bytes of the body come first, the others in a later turn. */
  readonly firstBytes?: number;
}

export interface Seen {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

/** The sample facility, and what a test wants to be wrong with it. */
export class OoiServer {
  readonly seen: Seen[] = [];
  /** Faults of the next answers to paths that end so; each is used up. */
  readonly faults: { readonly end: string; readonly fault: Fault }[] = [];
  /** Files of any path, before those of the sample data. */
  readonly files = new Map<string, string | Buffer>();
  /** Which data request is answered. */
  answers = 'A0';
  /** So many looks at `status.txt` find nothing. */
  notReady = 0;
  /** Files asked for at the same time, at most. */
  mostAtOnce = 0;
  #atOnce = 0;
  /** One tag for all files; null: each its own. */
  etag: string | null = null;
  /** What its clock shows, as `Date` says it; null: it does not say. */
  date: string | null = null;
  validators: 'strong' | 'weak' | 'none' = 'strong';
  readonly #server = createServer((request, response) => this.#answer(request, response));
  readonly #routes = routesSchema.parse(JSON.parse(readFileSync(join(SERVER, 'routes.json'), 'utf8')));

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  get url(): string {
    const address: AddressInfo | string | null = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
  }

  /** A client whose answers' hosts are all this server. */
  facility(more: Partial<FacilityOptions> = {}): Facility {
    const hosts = Object.fromEntries(Object.values(this.#routes.hosts).map((host) => [new URL(host).hostname, this.url]));
    return new Facility({
      api: this.url,
      hosts,
      user: new Secret('OOIAPI-X'),
      token: new Secret('TEMP-TOKEN-Y'),
      timeoutMs: 5_000,
      ...more,
    });
  }

  fail(end: string, ...faults: readonly Fault[]): void {
    for (const fault of faults) this.faults.push({ end, fault });
  }

  asked(end: string): readonly Seen[] {
    return this.seen.filter(({ path }) => path.endsWith(end));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    const path = decodeURIComponent(url.pathname);
    const { authorization, range } = request.headers;
    this.seen.push({ path, query: url.searchParams, authorization, range });
    if (path.endsWith('.nc')) {
      this.#atOnce += 1;
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
      response.on('close', () => {
        this.#atOnce -= 1;
      });
    }
    const at = this.faults.findIndex(({ end }) => path.endsWith(end));
    const [{ fault }] = at < 0 ? [{ fault: {} as Fault }] : this.faults.splice(at, 1);
    if (fault.isSilent === true) return;
    const usual = this.#usual(path, url.searchParams);
    const status = fault.status ?? usual.status;
    const body = Buffer.from(fault.body ?? (fault.status === undefined ? usual.body : ''));
    this.#send(request, response, status, body, fault);
  }

  #send(request: IncomingMessage, response: ServerResponse, status: number, whole: Buffer, fault: Fault): void {
    response.sendDate = false;
    if (this.date !== null) response.setHeader('date', this.date);
    const etag = this.etag ?? `"${createHash('sha1').update(whole).digest('hex')}"`;
    if (this.validators !== 'none') response.setHeader('etag', this.validators === 'weak' ? `W/${etag}` : etag);
    for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
    const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
    const condition = request.headers['if-range'] ?? etag;
    const isPart = status === 200 && from !== undefined && condition === etag;
    const body = isPart ? whole.subarray(Number(from)) : whole;
    if (isPart) response.setHeader('content-range', `bytes ${from}-${whole.length - 1}/${whole.length}`);
    response.statusCode = isPart ? 206 : status;
    response.setHeader('content-length', body.length);
    const { firstBytes } = fault;
    if (firstBytes !== undefined)
      return void response.write(body.subarray(0, firstBytes), () => setImmediate(() => response.end(body.subarray(firstBytes))));
    if (fault.cutAfter === undefined) return void response.end(body);
    response.write(body.subarray(0, fault.cutAfter), () => void (fault.isHeld === true || response.socket?.destroy()));
  }

  #usual(path: string, query: URLSearchParams): { readonly status: number; readonly body: string | Buffer } {
    const own = this.files.get(path);
    if (own !== undefined) return { status: 200, body: own };
    if (path.endsWith('/status.txt') && this.notReady > 0) {
      this.notReady -= 1;
      return { status: 404, body: 'not found' };
    }
    const request = this.#routes.data_requests.find((one) => one.path === path && one.key === this.answers);
    if (request !== undefined) return ofFile(query.get('estimate_only') === 'true' ? request.estimate : request.answer, 200);
    const route = this.#routes.routes.find(
      (one) => one.path === path && Object.entries(one.query ?? {}).every(([key, value]) => query.get(key) === value),
    );
    if (route !== undefined) return ofFile(route.file, route.status);
    const folder = this.#routes.static.find(({ prefix }) => path.startsWith(prefix));
    return folder === undefined ? { status: 404, body: '{}' } : ofFile(join(folder.dir, normalize(path.slice(folder.prefix.length))), 200);
  }
}

function ofFile(file: string, status: number): { readonly status: number; readonly body: string | Buffer } {
  const path = join(SERVER, file);
  return existsSync(path) ? { status, body: readFileSync(path) } : { status: 404, body: 'not found' };
}
