/** What a path asks for: the word that traffic is counted by and faults are aimed with. */
export type Endpoint =
  | 'toc'
  | 'inventory'
  | 'metadata'
  | 'times'
  | 'estimate'
  | 'request'
  | 'sample'
  | 'stream'
  | 'parameter'
  | 'annotations'
  | 'deployments'
  | 'assets'
  | 'vocabulary'
  | 'instruments'
  | 'catalog'
  | 'listing'
  | 'status'
  | 'status_json'
  | 'file'
  | 'other';

const INVENTORY = '/api/m2m/12576/sensor/inv';

/** The five segments of a data request: site, node, instrument, method, stream. */
export function tableOfPath(path: string): string | null {
  const [, site, node, sensor, method, stream] =
    /^\/api\/m2m\/12576\/sensor\/inv\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)\/?$/.exec(path) ?? [];
  return site === undefined || method === 'metadata' ? null : `${site}-${node}-${sensor}-${method}-${stream}`;
}

export function endpointOf(path: string, query: URLSearchParams): Endpoint {
  if (path.startsWith(INVENTORY)) return ofInventory(path, query);
  if (path.startsWith('/api/m2m/12575/stream/')) return 'stream';
  if (path.startsWith('/api/m2m/12575/parameter/')) return 'parameter';
  if (path.startsWith('/api/m2m/12580/')) return 'annotations';
  if (path.startsWith('/api/m2m/12587/events/')) return 'deployments';
  if (path.startsWith('/api/m2m/12587/')) return 'assets';
  if (path.startsWith('/api/m2m/12586/')) return 'vocabulary';
  if (path.startsWith('/api/uframe/instrument_list')) return 'instruments';
  if (path.startsWith('/thredds/catalog/')) return 'catalog';
  if (!path.startsWith('/async_results/') && !path.startsWith('/thredds/fileServer/')) return 'other';
  if (path.endsWith('/status.txt')) return 'status';
  if (path.endsWith('/status.json')) return 'status_json';
  return /\.(nc|ncml|json)$/.test(path) ? 'file' : 'listing';
}

function ofInventory(path: string, query: URLSearchParams): Endpoint {
  if (path === `${INVENTORY}/toc`) return 'toc';
  if (path.endsWith('/metadata/times')) return 'times';
  if (path.includes('/metadata')) return 'metadata';
  if (tableOfPath(path) === null || !query.has('beginDT')) return 'inventory';
  if (query.get('estimate_only') === 'true') return 'estimate';
  return Number(query.get('limit') ?? -1) > 0 ? 'sample' : 'request';
}
