import type { Envelope } from './envelope.ts';

export interface ValueRange {
  readonly low: number;
  readonly high: number;
  /** Spikes reach beyond it. */
  readonly isCut: boolean;
}

/** A range is not stretched for the sake of a few spikes: from so many times what all other columns need on, they are cut off. */
const STRETCH = 4;
/** Of the columns, at either end. */
const SPIKES = 0.01;

/** The values that an axis shows; null when there is none. */
export function valueRange(envelopes: readonly Envelope[]): ValueRange | null {
  const there = envelopes.flatMap(({ min, max }) =>
    [...min.keys()].filter((at) => (min[at] ?? 0) <= (max[at] ?? 0)).map((at) => [min[at] ?? 0, max[at] ?? 0] as const),
  );
  if (there.length === 0) return null;
  const lows = there.map(([low]) => low).sort((a, b) => a - b);
  const highs = there.map(([, high]) => high).sort((a, b) => a - b);
  const full = { low: lows[0] ?? 0, high: highs.at(-1) ?? 0 };
  const cut = Math.floor(there.length * SPIKES);
  const most = { low: lows[cut] ?? full.low, high: highs[highs.length - 1 - cut] ?? full.high };
  const room = most.high - most.low;
  const isSpiky = room > 0 && full.high - full.low > STRETCH * room;
  return padded(isSpiky ? { low: Math.max(full.low, most.low - room), high: Math.min(full.high, most.high + room) } : full, isSpiky);
}

function padded({ low, high }: Omit<ValueRange, 'isCut'>, isCut: boolean): ValueRange {
  const room = high > low ? (high - low) * 0.06 : Math.max(Math.abs(low) * 0.05, 1e-9);
  return { low: low - room, high: high + room, isCut };
}
