import { type Answer, json, noData, notFound, unauthorized } from './answer.ts';
import type { Clock } from './clock.ts';
import type { Desk } from './desk.ts';
import { endpointOf, tableOfPath } from './endpoints.ts';
import type { Ask, Estimate, World } from './world.ts';

/** What answers are made of. */
export interface Site {
  readonly world: World;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly user: string;
  readonly token: string;
  /** What URLs of answers begin with: catalogs, and plain directories. */
  readonly hosts: { readonly thredds: string; readonly downloads: string };
}

const MOST_PARTICLES = 20_000;

/** Everything under `/api`. Specification, sections 2 and 3. */
export function interfaceAnswer(site: Site, path: string, query: URLSearchParams, authorization: string | undefined): Answer {
  const { world, clock } = site;
  if (path.startsWith('/api/m2m/') && authorization !== basic(site)) return unauthorized();
  const table = tableOfPath(path);
  const endpoint = endpointOf(path, query);
  if (table !== null && ['estimate', 'request', 'sample'].includes(endpoint)) return dataAnswer(site, askOf(table, query), endpoint);
  return world.api(path, query, clock.now()) ?? json({ message: 'Not Found', status_code: 404 }, 404);
}

const basic = ({ user, token }: Site): string => `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;

function dataAnswer(site: Site, ask: Ask, endpoint: string): Answer {
  const { world, desk, clock } = site;
  const limit = Number(ask.query.limit ?? -1);
  if (limit > MOST_PARTICLES) return json({ message: { status: `limit is more than ${MOST_PARTICLES}` } }, 413);
  if ([ask.begin, ask.end].some((time) => Number.isNaN(time))) return json({ message: { status: 'beginDT or endDT is not a time' } }, 400);
  const asked = desk.estimate(ask);
  if (asked.state === 'unknown') return notFound();
  if (asked.state === 'no_data') return noData();
  if (endpoint === 'estimate') return json({ requestUUID: '', ...asked.estimate });
  if (endpoint === 'sample') {
    const particles = world.sample(ask, limit, clock.now());
    return particles === null ? json({ message: { status: 'A given tree has no samples' } }, 501) : json(particles);
  }
  const { request, estimate } = desk.accept(ask);
  return json(acceptance(site, request.id, request.directory, estimate));
}

function acceptance({ world, hosts }: Site, requestUUID: string, directory: string, estimate: Estimate): object {
  const outputURL = `${hosts.thredds}/thredds/catalog/ooi/${world.user}/${directory}/catalog.html`;
  return { requestUUID, outputURL, allURLs: [outputURL, `${hosts.downloads}/async_results/${world.user}/${directory}`], ...estimate };
}

function askOf(table: string, query: URLSearchParams): Ask {
  const time = (name: string): number | null => {
    const text = query.get(name);
    return text === null ? null : microseconds(text);
  };
  return { table, begin: time('beginDT'), end: time('endDT'), query: Object.fromEntries(query) };
}

/** Of `YYYY-MM-DDTHH:MM:SS.ffffffZ`, with as many digits as there are; NaN for anything else. */
function microseconds(text: string): number {
  const [, seconds, fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/.exec(text) ?? [];
  return seconds === undefined ? Number.NaN : Date.parse(`${seconds}Z`) * 1000 + Number(fraction.padEnd(6, '0'));
}
