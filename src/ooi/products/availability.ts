import { Failure, messageOf } from '../../errors.ts';
import { parseTable } from '../names.ts';
import type { LiveStore } from './live-stores.ts';
import { timeWindows, UNIX_1970 } from './store-times.ts';
import type { Made, Omission } from './table.ts';

export const RESOLUTIONS = ['hourly', 'daily', 'monthly'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** Rows by the Unix second at which their hour, day or month begins. */
export type Counts = Readonly<Record<string, number>>;

/** Of one instrument: by resolution, then by `<method>-<stream>`. */
export interface Availability {
  readonly instrument: string;
  readonly counts: Readonly<Record<Resolution, Readonly<Record<string, Counts>>>>;
}

export const availabilityKey = (resolution: Resolution, instrument: string): string => `availability/${resolution}/${instrument}`;

/**
 * Counts the rows of an instrument's stores per hour, day and month, UTC. Specification 8.5. A store with a time that is no number is among
 * the omissions, and so is one whose times cannot be read.
 */
export async function availability(instrument: string, stores: readonly LiveStore[]): Promise<Made<Availability>> {
  const counts: Record<Resolution, Record<string, Counts>> = { hourly: {}, daily: {}, monthly: {} };
  const omissions: Omission[] = [];
  for (const store of stores) {
    const counted = await countStore(store);
    const name = parseTable(store.table);
    if (typeof counted === 'string' || name === null) {
      omissions.push({ what: store.table, why: typeof counted === 'string' ? counted : 'its name is none of a stream' });
      continue;
    }
    for (const resolution of RESOLUTIONS) counts[resolution][`${name.method}-${name.stream}`] = asCounts(counted[resolution]);
  }
  return { value: { instrument, counts }, omissions };
}

type Tally = Readonly<Record<Resolution, Map<number, number>>>;

async function countStore(store: LiveStore): Promise<Tally | string> {
  const tally: Tally = { hourly: new Map(), daily: new Map(), monthly: new Map() };
  try {
    for await (const times of timeWindows(store)) {
      for (const time of times) {
        if (!Number.isFinite(time)) return 'a time in it is no number';
        const hour = Math.floor((time - UNIX_1970) / 3600) * 3600;
        tally.hourly.set(hour, (tally.hourly.get(hour) ?? 0) + 1);
      }
    }
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'again') throw error;
    return messageOf(error);
  }
  for (const [hour, rows] of tally.hourly) {
    const date = new Date(hour * 1000);
    const day = Math.floor(hour / 86_400) * 86_400;
    const month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth()) / 1000;
    tally.daily.set(day, (tally.daily.get(day) ?? 0) + rows);
    tally.monthly.set(month, (tally.monthly.get(month) ?? 0) + rows);
  }
  return tally;
}

const asCounts = (tally: ReadonlyMap<number, number>): Counts =>
  Object.fromEntries([...tally].toSorted(([a], [b]) => a - b).map(([begin, rows]) => [String(begin), rows]));
