import { basinOf, NO_BASIN } from './basin.ts';
import type { DataWarning, GeoPoint } from './documents.ts';

export interface Position {
  readonly geolocation: GeoPoint;
  readonly basin: number;
  readonly warnings: readonly DataWarning[];
}

/** Written by some centres in place of the declared fill value. */
const WILD_LATITUDES: readonly number[] = [99999, -99.999, -999];
const WILD_LONGITUDES: readonly number[] = [99999, -999.999, -999];

const NOWHERE: Position = { geolocation: point(0, -90), basin: NO_BASIN, warnings: ['missing_location'] };

/** Where a profile was taken, from degrees as in the file; null for a missing coordinate. Longitudes end up in -180…180. */
export function positionOf(longitude: number | null, latitude: number | null): Position {
  if (longitude === null || latitude === null) return NOWHERE;
  if (WILD_LATITUDES.includes(latitude) || WILD_LONGITUDES.includes(longitude)) return NOWHERE;
  const turned = turnOnce(longitude);
  const basin = basinOf(turned, latitude);
  return { geolocation: point(turned, latitude), basin, warnings: basin === NO_BASIN ? ['missing_basin'] : [] };
}

/** Whether a geo index takes the point. */
export function isOnEarth({ coordinates: [longitude, latitude] }: GeoPoint): boolean {
  return Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90;
}

function turnOnce(longitude: number): number {
  if (longitude < -180) return longitude + 360;
  return longitude > 180 ? longitude - 360 : longitude;
}

function point(longitude: number, latitude: number): GeoPoint {
  return { type: 'Point', coordinates: [longitude, latitude] };
}
