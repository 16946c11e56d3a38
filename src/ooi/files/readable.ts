import { type OpenSeriesInput, openSeriesInput, type SeriesInputOptions } from './input.ts';

/** So many files may turn out to be damaged, one after the other: each has everything read once more. */
const MOST_BROKEN = 50;

/**
 * Opens the files of a request and works with them. Damage inside of a file shows only when its values are read: such a file is left out as
 * `unreadable`, and the work is done anew without it. So work must be such that it can be begun again.
 */
export async function withReadableFiles<T>(options: SeriesInputOptions, work: (input: OpenSeriesInput) => Promise<T>): Promise<T> {
  const known = options.broken?.size ?? 0;
  const broken = new Map(options.broken);
  for (;;) {
    const input = await openSeriesInput({ ...options, broken });
    try {
      return await work(input);
    } catch (error) {
      const found = [...input.broken].filter(([name]) => !broken.has(name));
      if (found.length === 0 || broken.size + found.length > known + MOST_BROKEN) throw error;
      for (const [name, message] of found) broken.set(name, message);
    } finally {
      await input.close();
    }
  }
}
