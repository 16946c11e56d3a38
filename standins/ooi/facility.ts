import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Answer, notFound } from './answer.ts';
import { type Clock, createClock } from './clock.ts';
import { type Controlled, controlAnswer } from './control.ts';
import { deliver, faulty } from './deliver.ts';
import { createDesk, type Desk } from './desk.ts';
import { endpointOf } from './endpoints.ts';
import { createFaults } from './faults.ts';
import { interfaceAnswer, type Site } from './interface.ts';
import { resultsAnswer } from './results.ts';
import { type Memory, openMemory } from './state.ts';
import { readSwitches, type Switches, type SwitchesInput } from './switches.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import type { AcceptedRequest, World } from './world.ts';

export interface FacilityOptions {
  readonly world: World;
  /** A free one where not given. */
  readonly port?: number;
  readonly user?: string;
  readonly token?: string;
  /** `own`: answers name the stand-in's own address; otherwise as the real ones do, for clients with a map of hosts. */
  readonly hosts?: 'own' | 'real';
  /** Milliseconds since 1970 that the facility's clock shows at the start; the machine's where not given. */
  readonly startMs?: number;
  /** Seconds of the facility in a second; 1 where not given. */
  readonly speed?: number;
  /** Whether answers are dated by the facility's clock, so that clients can tell how far it is from their own. They are dated by the machine's otherwise. */
  readonly tellsTime?: boolean;
  readonly switches?: SwitchesInput;
  /** Where accepted requests are remembered over a restart; nowhere where not given. */
  readonly folder?: string;
}

export interface Facility {
  /** `http://127.0.0.1:PORT`: what stands before `/api/m2m`. */
  readonly url: string;
  readonly port: number;
  readonly user: string;
  readonly token: string;
  readonly world: World;
  readonly clock: Clock;
  readonly desk: Desk;
  readonly traffic: Traffic;
  /** Data requests that were accepted, in their order. */
  readonly requests: readonly AcceptedRequest[];
  readonly switches: Switches;
  /** Over what is switched now. @throws {Failure} `standin_switches` (stop). */
  set(switches: SwitchesInput): void;
  reset(): void;
  stop(): Promise<void>;
}

export const STANDIN_USER = 'OOIAPI-STANDIN';
export const STANDIN_TOKEN = 'TEMP-TOKEN-STANDIN';
const REAL_HOSTS = { thredds: 'https://opendap-west.oceanobservatories.org', downloads: 'https://downloads-west.oceanobservatories.org' };

/** An observatory's server on loopback. */
export async function startFacility(options: FacilityOptions): Promise<Facility> {
  const { world, user = STANDIN_USER, token = STANDIN_TOKEN } = options;
  const memory = openMemory(options.folder ?? null);
  const clock = remembering(createClock(Math.max(options.startMs ?? Date.now(), memory.clockMs), options.speed ?? 1), memory);
  const traffic = createTraffic();
  let switches = readSwitches(options.switches ?? {});
  const desk = createDesk(world, clock, () => switches, memory);
  const faults = createFaults(() => switches);
  const control: Controlled = {
    clock,
    desk,
    traffic,
    get switches() {
      return switches;
    },
    set(next) {
      switches = readSwitches({ ...switches, ...next });
    },
    reset() {
      switches = readSwitches({});
    },
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const url = `http://127.0.0.1:${port}`;
  const site: Site = { world, desk, clock, user, token, hosts: options.hosts === 'real' ? REAL_HOSTS : { thredds: url, downloads: url } };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (options.tellsTime === true) response.setHeader('date', new Date(clock.now()).toUTCString());
    const { pathname, search, searchParams } = new URL(request.url ?? '/', url);
    const path = decodeURIComponent(pathname);
    const method = request.method ?? 'GET';
    const [, verb] = /^\/standin\/(\w+)$/.exec(path) ?? [];
    if (verb !== undefined) {
      await deliver(response, controlAnswer(control, method, verb, await bodyOf(request)), null, false);
      return;
    }
    const endpoint = endpointOf(path, searchParams);
    const visit = traffic.begin(endpoint, `${path}${search}`);
    let status = 0;
    try {
      const limited = faults.limit(endpoint, path);
      const fault = limited === null ? faults.take(endpoint, `${path}${search}`) : null;
      // A request that is refused is not taken up; one whose answer is lost on the way is.
      const isRefused = fault !== null && ['status', 'maintenance', 'html', 'expired'].includes(fault.kind);
      const sound = limited ?? (isRefused ? notFound() : answerTo(request, path, searchParams));
      status = await deliver(response, faulty(sound, fault), fault, method === 'HEAD');
    } finally {
      traffic.end(visit, status);
    }
  }

  function answerTo({ headers }: IncomingMessage, path: string, query: URLSearchParams): Answer {
    if (path.startsWith('/api/')) return interfaceAnswer(site, path, query, headers.authorization);
    const one = (name: 'range' | 'if-range' | 'if-none-match'): string | undefined => {
      const value = headers[name];
      return typeof value === 'string' ? value : undefined;
    };
    return resultsAnswer(site, path, { range: one('range'), ifRange: one('if-range'), ifNoneMatch: one('if-none-match') });
  }

  return {
    url,
    port,
    user,
    token,
    world,
    clock,
    desk,
    traffic,
    requests: desk.requests,
    get switches() {
      return switches;
    },
    set: control.set,
    reset: control.reset,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A jump of the clock is not undone by a restart. */
const remembering = (clock: Clock, memory: Memory): Clock => ({
  now: clock.now,
  get speed() {
    return clock.speed;
  },
  setSpeed: clock.setSpeed,
  advance(seconds) {
    clock.advance(seconds);
    memory.keepClock(clock.now());
  },
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) if (part instanceof Buffer) parts.push(part);
  return Buffer.concat(parts).toString();
}
