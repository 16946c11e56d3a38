import type { JsonObject } from '../../formats/zarr/json.ts';

/** Seconds from 1900-01-01 to 1970-01-01. */
const EPOCH_SECONDS = 2_208_988_800;

/** `YYYY-MM-DDTHH:MM:SS.ffffff` of seconds since 1900-01-01. */
export function stampOf(seconds: number): string {
  const micros = Math.round((seconds - Math.floor(seconds)) * 1e6);
  const whole = Math.floor(seconds) + Math.floor(micros / 1e6);
  const date = new Date((whole - EPOCH_SECONDS) * 1000).toISOString().slice(0, 19);
  return `${date}.${String(micros % 1e6).padStart(6, '0')}`;
}

/** Global attributes with the times of the first and the last row. Specification 7.5, rule 13. */
export const covering = (attributes: JsonObject, firstTime: number, lastTime: number): JsonObject => ({
  ...attributes,
  time_coverage_start: stampOf(firstTime),
  time_coverage_end: stampOf(lastTime),
});
