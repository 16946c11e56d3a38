import { keyOf, noise, whole } from './noise.ts';
import type { SeriesOptions } from './options.ts';
import type { Stream } from './stream.ts';

/** Rows lie on a grid of moments; each deployment has a stretch of it. */
export interface Timeline {
  /** Microseconds since 1970 of a row. Deployments share some moments and not others. */
  timeUs(deployment: number, grid: number): number;
  /** The first and the last row of a deployment. */
  stretch(deployment: number): { readonly first: number; readonly last: number };
  /** Deployments that had begun by then. */
  deploymentsAt(nowMs: number): number;
  /** A whole number below every row at or after the moment. */
  gridBelow(us: number): number;
  readonly stepUs: number;
}

const JITTER = 0.2;
const SHIFT = 0.25;
const DAY = 86_400;

export function timelineOf(options: SeriesOptions, stream: Stream): Timeline {
  const { beginMs, rowSeconds, deploymentDays, isIrregular } = options;
  const stepUs = Math.round(rowSeconds * 1e6);
  const beginUs = beginMs * 1000;
  const rows = Math.max(2, Math.floor((deploymentDays * DAY) / rowSeconds));
  const jitter = keyOf(stream.key, 'jitter');
  const overlap = (deployment: number): number => {
    const key = keyOf(stream.key, 'overlap', deployment);
    return !isIrregular || noise(key, 1) < 0.3 ? 0 : whole(key, 1, Math.min(60, Math.floor(rows / 4)));
  };
  return {
    stepUs,
    timeUs: (deployment, grid) =>
      beginUs +
      grid * stepUs +
      Math.floor(noise(jitter, grid) * JITTER * stepUs) +
      (deployment % 2 === 0 && grid % 5 !== 0 ? Math.floor(SHIFT * stepUs) : 0),
    stretch: (deployment) => ({ first: (deployment - 1) * rows, last: deployment * rows - 1 + overlap(deployment) }),
    deploymentsAt: (nowMs) => Math.max(0, Math.floor(((nowMs - beginMs) * 1000) / (stepUs * rows)) + 1),
    gridBelow: (us) => Math.floor((us - beginUs) / stepUs) - 1,
  };
}

/** Seconds since 1900 of microseconds since 1970: the nearest float64. */
export const secondsOf = (us: number): number => (us + 2_208_988_800e6) / 1e6;

/** `YYYYMMDDTHHMMSS[.ffffff]`, no fraction when it is zero. */
export function stampOf(us: number): string {
  const fraction = us % 1e6;
  const text = new Date((us - fraction) / 1000).toISOString().slice(0, 19).replace(/[-:]/g, '');
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(6, '0')}`;
}

/** `YYYY-MM-DDTHH:MM:SS.ffffff` */
export const isoOf = (us: number): string =>
  `${new Date(Math.floor(us / 1e6) * 1000).toISOString().slice(0, 19)}.${String(us % 1e6).padStart(6, '0')}`;
