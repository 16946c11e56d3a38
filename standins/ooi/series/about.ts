import type { AcceptedRequest } from '../world.ts';
import type { FilePlan } from './files.ts';
import type { Stream } from './stream.ts';
import { isoOf } from './timeline.ts';

/** The global attributes of a file. */
export function attributesOf(stream: Stream, request: Pick<AcceptedRequest, 'id' | 'acceptedAt'>, { rows, deployment }: FilePlan) {
  const made = isoOf(request.acceptedAt * 1000);
  const isMobile = stream.node.startsWith('SF');
  const [latitude, longitude] = [44.36943, -124.95639];
  return {
    subsite: stream.site,
    node: stream.node,
    sensor: stream.sensor,
    collection_method: stream.method,
    stream: stream.name,
    id: stream.table,
    title: `Data produced by Stream Engine version 1.20.16 for ${stream.table}`,
    source: stream.table,
    history: `${made} generated from Stream Engine`,
    date_created: made,
    date_modified: made,
    uuid: request.id,
    requestUUID: request.id,
    Conventions: 'CF-1.6',
    institution: 'Ocean Observatories Initiative',
    featureType: 'point',
    Manufacturer: 'Stand-in',
    SerialNumber: `SI-${String(deployment).padStart(4, '0')}`,
    AssetUniqueID: assetOf(stream, deployment),
    Mobile: isMobile ? 'True' : 'False',
    ...(rows.length === 0 ? {} : { time_coverage_start: isoOf(rows[0]?.us ?? 0), time_coverage_end: isoOf(rows.at(-1)?.us ?? 0) }),
    ...(isMobile ? {} : { lat: latitude, lon: longitude }),
    geospatial_lat_min: latitude,
    geospatial_lat_max: latitude,
    geospatial_lon_min: longitude,
    geospatial_lon_max: longitude,
  };
}

export const assetOf = ({ index }: Stream, deployment: number): string =>
  `ATOSU-${String(10_000 + index)}-${String(deployment).padStart(5, '0')}`;
