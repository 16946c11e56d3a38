import { type ReadText, resolveSecret } from '../../config/secret.ts';
import type { OoiFlow } from '../flow.ts';
import { Facility } from './client.ts';

/**
 * The facility of a flow, with the credentials that the flow says where to find.
 * @param turn  see `FacilityOptions`.
 * @throws {Failure} `missing_secret` (stop).
 */
export function openFacility(
  { name, upstream }: Pick<OoiFlow, 'name' | 'upstream'>,
  secrets: { readonly env: Readonly<Record<string, string | undefined>>; readonly readFile: ReadText },
  turn?: (signal: AbortSignal) => Promise<void>,
): Facility {
  const { api, hosts, timeoutMs } = upstream;
  return new Facility({
    api,
    hosts,
    timeoutMs,
    user: resolveSecret(upstream.user, `The API user name of flow ${name}`, secrets),
    token: resolveSecret(upstream.token, `The API token of flow ${name}`, secrets),
    ...(turn === undefined ? {} : { turn }),
  });
}
