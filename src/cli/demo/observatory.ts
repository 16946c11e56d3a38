import { z } from 'zod';
import { Failure } from '../../errors.ts';
import { askCheck, runStandIn } from './stand-in.ts';

const Ready = z.object({ url: z.string(), user: z.string(), token: z.string(), series: z.record(z.string(), z.json()) });

const Checked = z.object({
  rows: z.number(),
  variables: z.number(),
  values: z.number(),
  bytes: z.number(),
  different: z.array(z.string()),
});
/** A store against the generator. */
export type CheckedSeries = z.infer<typeof Checked>;

export interface GeneratedSeries {
  readonly seed: number;
  /** That the facility has at the start. */
  readonly days: number;
  readonly rowSeconds: number;
}

/** An observatory in a box. Its clock stands still but for the jumps it is told. */
export interface Observatory {
  /** What stands before `/api/m2m`. */
  readonly url: string;
  readonly user: string;
  readonly token: string;
  /** Seconds go by at the facility. */
  advance(seconds: number): Promise<void>;
  /** Holds stores in folders against what the generator says they must be after requests. */
  check(table: string, stores: readonly StoreToCheck[]): Promise<readonly CheckedSeries[]>;
  stop(): Promise<void>;
}

export interface StoreToCheck {
  readonly folder: string;
  /** Ids of the requests that are in it. */
  readonly requests: readonly string[];
}

/** Looks that find nothing ready yet, of each request. */
const POLLS = 1;
const ROWS_PER_FILE = 20_000;

export async function startObservatory({ seed, days, rowSeconds }: GeneratedSeries, place: string): Promise<Observatory> {
  const numbers = { streams: 1, seed, days, 'row-seconds': rowSeconds, 'rows-per-file': ROWS_PER_FILE, speed: 0 };
  const args = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { answer, stop } = runStandIn('standins/ooi/main.ts', [...args, '--switches', JSON.stringify({ delay: { polls: POLLS } })], place);
  const { url, user, token, series } = await answer(Ready);
  return {
    url,
    user,
    token,
    async advance(seconds) {
      const { ok } = await fetch(`${url}/standin/advance`, { method: 'POST', body: JSON.stringify({ seconds }) });
      if (!ok) throw new Failure({ kind: 'stop', code: 'stand_in', happened: `The stand-in at ${url} did not take the order` });
    },
    check: (table, stores) =>
      askCheck(
        'standins/ooi/check.ts',
        ['--url', url, '--table', table, '--series', JSON.stringify(series), '--stores', JSON.stringify(stores)],
        z.array(Checked),
        place,
      ),
    stop,
  };
}
