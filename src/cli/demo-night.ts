import { z } from 'zod';

const Record = z.object({
  seen: z.number(),
  loaded: z.number(),
  unchanged: z.number(),
  rejected: z.number(),
  removed: z.number(),
  bytesRead: z.number(),
  seconds: z.number(),
  quarantine: z.record(z.string(), z.number()),
});
const Mirrored = z.object({ record: Record });

/** What the demo shows of one night. */
export interface NightShown {
  readonly record: z.infer<typeof Record>;
  readonly workflowId: string;
  readonly run: string;
}

export const nightOf = ({
  result,
  ...where
}: {
  readonly result: unknown;
  readonly workflowId: string;
  readonly run: string;
}): NightShown => ({
  record: Mirrored.parse(result).record,
  ...where,
});
