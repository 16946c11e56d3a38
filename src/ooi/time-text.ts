import { isoOfMicros } from './m2m/instants.ts';

const SECONDS_1900_TO_1970 = 2_208_988_800;

/** Of a time of a store (seconds since 1900), ISO 8601, UTC, to the microsecond. */
export const isoOfTime = (seconds: number | null): string | null =>
  seconds === null ? null : isoOfMicros(Math.round((seconds - SECONDS_1900_TO_1970) * 1e6));
