import { z } from 'zod';

/** All there is to say about a generated facility: with its clock everything else follows from these. */
export interface SeriesOptions {
  readonly seed: number;
  readonly streams: number;
  /** Milliseconds since 1970 of the first row. */
  readonly beginMs: number;
  /** Between two rows. */
  readonly rowSeconds: number;
  readonly deploymentDays: number;
  /** Where a file is cut. */
  readonly rowsPerFile: number;
  /** Length of the second dimension, in turn by deployment. */
  readonly wavelengths: readonly number[];
  /** Repeated and unsorted rows, rows without a time, late and corrected ones, gaps, overlapping deployments. */
  readonly isIrregular: boolean;
}

/** As the stand-in says it when it is ready. */
export const seriesSchema = z.object({
  seed: z.number(),
  streams: z.number(),
  beginMs: z.number(),
  rowSeconds: z.number(),
  deploymentDays: z.number(),
  rowsPerFile: z.number(),
  wavelengths: z.array(z.number()),
  isIrregular: z.boolean(),
});

export const SERIES_DEFAULTS: SeriesOptions = {
  seed: 1,
  streams: 3,
  beginMs: Date.UTC(2025, 0, 1),
  rowSeconds: 900,
  deploymentDays: 12,
  rowsPerFile: 400,
  wavelengths: [11, 14, 12],
  isIrregular: true,
};

/** What the clock shows at the start: so many days after the first row. */
export const clockAt = ({ beginMs }: SeriesOptions, days: number): number => beginMs + days * 86_400_000;
