import { z } from 'zod';
import type { Facility } from '../../standins/ooi/facility.ts';

const acceptedSchema = z.object({ requestUUID: z.uuid(), allURLs: z.tuple([z.url(), z.url()]) });

type Address = Pick<Facility, 'url' | 'user' | 'token'>;

/** An answer of the interface, as JSON whatever its status. */
export async function asked({ url, user, token }: Address, path: string) {
  const headers = { authorization: `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}` };
  const response = await fetch(`${url}${path}`, { headers });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.json() };
}

/** Path of the data requests of a table, up to its `?`. */
export function dataPath(table: string): string {
  const [site, node, port, instrument, method, ...stream] = table.split('-');
  return `/api/m2m/12576/sensor/inv/${site}/${node}/${port}-${instrument}/${method}/${stream.join('-')}`;
}

/** Makes a data request. @returns the addresses of its catalog, and of its directory. */
export async function accept(facility: Address, table: string, query: string) {
  const { requestUUID, allURLs } = acceptedSchema.parse((await asked(facility, `${dataPath(table)}?${query}`)).body);
  const [catalog, directory] = allURLs;
  return { id: requestUUID, catalog: catalog.replace('.html', '.xml'), directory };
}

/** Tells the facility something, as another process would. */
export const order = ({ url }: Pick<Facility, 'url'>, verb: string, body: object) =>
  fetch(`${url}/standin/${verb}`, { method: 'POST', body: JSON.stringify(body) });

/** Names that a catalog lists. */
export async function listed(catalog: string): Promise<readonly string[]> {
  const xml = await (await fetch(catalog)).text();
  return [...xml.matchAll(/urlPath="[^"]*\/([^"/]+)"/g)].map(([, name = '']) => name);
}
