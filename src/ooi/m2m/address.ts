import { Failure } from '../../errors.ts';

/** Where the facility is, as a flow says it. */
export interface FacilityAddresses {
  /** What stands before `/api/m2m`. */
  readonly api: string;
  /** Other addresses for hosts that answers and catalogs name, by host name. */
  readonly hosts: Readonly<Record<string, string>>;
}

/** Hosts that the facility's answers are known to name; they were renamed before, so the first part may go on. */
const KNOWN = /^(?:opendap|downloads)[a-z0-9-]*\.oceanobservatories\.org$/;
const GOLD_COPY = 'thredds.dataexplorer.oceanobservatories.org';

/** Address of a path of the facility's interface; `path` begins with a slash. */
export function apiAddress({ api }: FacilityAddresses, path: string, query: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(`${api.replace(/\/+$/, '')}${path}`);
  for (const [key, value] of Object.entries(query)) url.searchParams.append(key, value);
  return url;
}

/** Whether an address is one of the interface itself, the only place that credentials are sent to. */
export const isOfApi = (addresses: FacilityAddresses, url: URL): boolean => url.origin === new URL(addresses.api).origin;

/**
 * The address to fetch what an answer or a catalog names: mapped where the flow maps the host.
 * @throws {Failure} `foreign_address` (stop): the host is none of the facility's, or the address holds what an address of a file never holds.
 */
export function knownAddress(addresses: FacilityAddresses, text: string): URL {
  if (!URL.canParse(text)) throw foreign(text, 'an address');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw foreign(text, 'an address that begins with https://');
  if (url.username !== '' || url.password !== '') throw foreign(text, 'an address without credentials');
  if (/%2f|%5c|%00|\\/i.test(url.pathname)) throw foreign(text, 'an address whose path has no escaped slashes');
  const mapped = Object.hasOwn(addresses.hosts, url.hostname) ? addresses.hosts[url.hostname] : undefined;
  if (mapped !== undefined) return new URL(`${mapped.replace(/\/+$/, '')}${url.pathname}${url.search}`);
  if (isOfApi(addresses, url) || Object.values(addresses.hosts).some((base) => isBelow(url, new URL(base)))) return url;
  if (!KNOWN.test(url.hostname) && url.hostname !== GOLD_COPY) throw foreign(text, 'a host of the facility');
  if (url.port !== '') throw foreign(text, 'the usual port of the facility');
  return new URL(`https://${url.hostname}${url.pathname}${url.search}`);
}

const isBelow = (url: URL, base: URL): boolean => url.origin === base.origin && url.pathname.startsWith(base.pathname);

const foreign = (text: string, expected: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'foreign_address',
    happened: `The facility named ${JSON.stringify(text.slice(0, 300))}, which is not followed`,
    expected,
    remedy: 'Name the host under upstream.hosts of the flow if it is one of the facility',
  });
