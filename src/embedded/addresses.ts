import type { Settings } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import { readEndpoints } from './embedded.ts';

export interface Addresses {
  readonly temporalAddress: string;
  /** Base address of the Web UI, when it is ours. */
  readonly temporalUi: string | null;
  readonly mongodbUri: string;
}

/**
 * The servers that settings name, else the embedded ones that run in this home.
 * @throws {Failure} `no_servers` (stop): neither.
 */
export async function serverAddresses(settings: Settings): Promise<Addresses> {
  const { address } = settings.temporal;
  const uri = settings.mongodb.uri?.reveal();
  const embedded = address !== undefined && uri !== undefined ? null : await readEndpoints(settings.home);
  const temporalAddress = address ?? embedded?.temporalAddress;
  const mongodbUri = uri ?? embedded?.mongodbUri;
  if (temporalAddress !== undefined && mongodbUri !== undefined) {
    return { temporalAddress, temporalUi: address === undefined ? (embedded?.temporalUi ?? null) : null, mongodbUri };
  }
  throw new Failure({
    kind: 'stop',
    code: 'no_servers',
    happened: `No servers run in ${settings.home}, and ${temporalAddress === undefined ? 'TEMPORAL_ADDRESS' : 'MONGODB_URI'} is not set`,
    remedy: 'Start them with: landfall dev. Or name yours with TEMPORAL_ADDRESS and MONGODB_URI',
  });
}
