import { BASIN_MASK_ROWS } from './basin-mask.ts';

/** What `basinOf` answers where the position and everything around it is land. */
export const NO_BASIN = -1;

const COLUMNS = 360;
const ROWS = 168;
const FIRST_LONGITUDE = -179.5;
const FIRST_LATITUDE = -77.5;
const LAND = 255;

const MASK = decodeMask(BASIN_MASK_ROWS);

/**
 * The basin code (1 Atlantic, 2 Pacific, … 56 Bay of Bengal, 0 unnamed) of a position in degrees, or `NO_BASIN`.
 *
 * The nearest cell of the one-degree mask decides. Where that is land, the nearest sea corner of the half-degree square around the
 * position does. Nothing wraps at the antimeridian: beyond the ends the end cell counts.
 */
export function basinOf(longitude: number, latitude: number): number {
  const nearest = cellAt(longitude, latitude);
  return nearest === LAND ? basinOfCorners(longitude, latitude) : nearest;
}

function basinOfCorners(longitude: number, latitude: number): number {
  const west = Math.floor(longitude * 2) / 2;
  const east = Math.ceil(longitude * 2) / 2;
  const south = Math.floor(latitude * 2) / 2;
  const north = Math.ceil(latitude * 2) / 2;
  let basin = NO_BASIN;
  let shortest = Number.POSITIVE_INFINITY;
  // The order decides between corners at equal distance.
  for (const [cornerLongitude, cornerLatitude] of [
    [west, south],
    [west, north],
    [east, north],
    [east, south],
  ] as const) {
    const code = cellAt(cornerLongitude, cornerLatitude);
    if (code === LAND) continue;
    const distance = haversine(longitude, latitude, cornerLongitude, cornerLatitude);
    if (distance < shortest) {
      shortest = distance;
      basin = code;
    }
  }
  return basin;
}

function cellAt(longitude: number, latitude: number): number {
  return MASK[indexOf(latitude, FIRST_LATITUDE, ROWS) * COLUMNS + indexOf(longitude, FIRST_LONGITUDE, COLUMNS)] ?? LAND;
}

/** The cell whose centre is nearest; exactly between two centres, the larger one. */
function indexOf(degrees: number, first: number, count: number): number {
  return Math.min(Math.max(Math.floor(degrees - first + 0.5), 0), count - 1);
}

/** Grows with the great-circle distance of two positions in degrees: enough to compare by. */
function haversine(lonA: number, latA: number, lonB: number, latB: number): number {
  const radians = Math.PI / 180;
  const acrossLatitude = Math.sin(((latB - latA) * radians) / 2);
  const acrossLongitude = Math.sin(((lonB - lonA) * radians) / 2);
  return acrossLatitude ** 2 + Math.cos(latA * radians) * Math.cos(latB * radians) * acrossLongitude ** 2;
}

function decodeMask(rows: readonly string[]): Uint8Array {
  const cells = new Uint8Array(ROWS * COLUMNS).fill(LAND);
  rows.forEach((row, at) => {
    let cell = at * COLUMNS;
    for (const run of row.split(' ')) {
      const [length = '', code = ''] = run.split(':');
      const end = cell + Number(length);
      if (code !== '') cells.fill(Number(code), cell, end);
      cell = end;
    }
  });
  return cells;
}
