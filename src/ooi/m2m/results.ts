import { Failure } from '../../errors.ts';
import type { Facility } from './client.ts';
import { listFiles } from './listing.ts';
import { fetchRequest, type Spooled, type SpoolRequest } from './spool.ts';

export interface Results extends Spooled {
  /** Names of the catalog that are no plain names, the first ones; none of them was asked for. */
  readonly refused: readonly string[];
  /** Names of provenance files. */
  readonly provenance: readonly string[];
}

/**
 * Lists the folder of a finished request and fetches its data files into a spool folder: what is missing there.
 * @throws {Failure} `results_gone` (replan): the folder is not at the facility any more; as `listFiles` and `fetchRequest`.
 */
export async function fetchResults(facility: Facility, table: string, spool: Omit<SpoolRequest, 'files'>): Promise<Results> {
  const listing = await listFiles(facility, spool.request, table, spool.signal);
  if (listing.state === 'absent') {
    throw new Failure({
      kind: 'replan',
      code: 'results_gone',
      happened: `The results of request ${spool.request.id} are no longer at the facility`,
      remedy: 'Ask again',
    });
  }
  const spooled = await fetchRequest(facility, { ...spool, files: listing.files });
  return { ...spooled, refused: listing.refused, provenance: listing.provenance };
}
