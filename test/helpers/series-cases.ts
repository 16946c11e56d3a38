import type { SeriesInput } from '../../src/ooi/series.ts';
import type { ChangeOptions, SeriesStore } from '../../src/ooi/store/series-store.ts';
import { type MadeColumn, madeInput, START } from './series.ts';

export const free: ChangeOptions = { fence: async () => undefined };

const numbers = (count: number, value: (at: number) => number): readonly number[] => Array.from({ length: count }, (_, at) => value(at));

export interface Rows {
  readonly id: string;
  /** Minute of the request. */
  readonly at: number;
  /** Minutes of the rows. */
  readonly minutes: readonly number[];
  /** Added to every value. */
  readonly plus?: number;
  readonly more?: Readonly<Record<string, MadeColumn>>;
}

/** A request of rows whose values follow from their times. */
export const rowsInput = ({ id, at, minutes, plus = 0, more = {} }: Rows): SeriesInput =>
  madeInput({
    id,
    at,
    times: minutes.map((minute) => START + 60 * minute),
    columns: {
      temperature: { type: '<f4', fill: -9999, values: minutes.map((minute) => minute + plus) },
      spectra: {
        type: '<u2',
        inner: [{ name: 'wavelength', size: 2 }],
        values: minutes.flatMap((minute) => [minute + plus, minute + plus + 1]),
      },
      ...more,
    },
  });

export const minutesFrom = (from: number, count: number): readonly number[] => numbers(count, (at) => from + at);

/** The series that everything begins with: minutes 0 to 39, but for 20. */
export const firstRows = (): SeriesInput =>
  rowsInput({ id: 'first', at: 0, minutes: minutesFrom(0, 40).filter((minute) => minute !== 20) });

export interface SeriesCase {
  readonly what: string;
  /** Done twice it does the same. */
  run(store: SeriesStore): Promise<unknown>;
}

export const publishFirst = async (store: SeriesStore): Promise<void> => {
  await store.build({ id: 'g1', inputs: [firstRows(), rowsInput({ id: 'newest', at: 1, minutes: [0, 1] })] }, free);
  await store.publish('g1', free);
};

export const FIRST: SeriesCase = { what: 'the first generation, built and published', run: publishFirst };

export const MIXED: SeriesCase = {
  what: 'an append of a late row, corrected ones, new ones and a new variable',
  run: (store) => {
    const minutes = [20, ...minutesFrom(35, 8)];
    const more = { salinity: { type: '<f8', values: minutes } };
    return store.append(rowsInput({ id: 'mixed', at: 1, minutes, plus: 0.5, more }), free);
  },
};

/** Of older rank than the attributes, so that no document changes with the values. */
export const CORRECTED: SeriesCase = {
  what: 'an append of nothing but corrected rows',
  run: (store) => store.append(rowsInput({ id: 'corrected', at: 0.5, minutes: [12, 30], plus: 0.5 }), free),
};

/** Beside what `publishFirst` publishes. */
export const buildSecond = async (store: SeriesStore): Promise<void> => {
  await store.build({ id: 'g2', inputs: [rowsInput({ id: 'second', at: 2, minutes: minutesFrom(0, 30), plus: 100 })] }, free);
};

export const PUBLISHED: SeriesCase = { what: 'the publication of a second generation', run: (store) => store.publish('g2', free) };

export const REFRESHED: SeriesCase = {
  what: 'a refresh: a second generation, built and published',
  async run(store) {
    if ((await store.live())?.id === 'g2') return;
    await buildSecond(store);
    await store.publish('g2', free);
  },
};

export const GROWN: SeriesCase = {
  what: 'a generation of wider values, grown and published',
  async run(store) {
    if ((await store.live())?.id === 'g3') return;
    const wider = rowsInput({ id: 'wider', at: 4, minutes: [45], more: { temperature: { type: '<f8', values: [45.25] } } });
    await store.grow({ id: 'g3', inputs: [wider] }, free);
    await store.publish('g3', free);
  },
};
