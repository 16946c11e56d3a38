import { z } from 'zod';
import { cron, flowName, queueSuffix } from './values.ts';

/** What code that serves all kinds may rely on. Schedules are by job, as five-field cron lines in UTC; null: started by hand only. */
export interface Flow {
  readonly name: string;
  readonly kind: string;
  readonly description?: string;
  readonly queueSuffix: string | null;
  readonly schedules: Readonly<Record<string, string | null>>;
}

/** A kind and the schema of its flow files. The schema's output must be JSON-safe and hold no secret: it is sent to workflows. */
export interface KindSchema<KindFlow extends Flow = Flow> {
  readonly kind: string;
  readonly schema: z.ZodType<KindFlow>;
  /** Which of several forms a file means, judged by the keys it has, so that what is wrong with it is said of that form; absent: there is one. */
  readonly formOf?: (written: Readonly<Record<string, unknown>>) => z.ZodType<KindFlow>;
}

/** The keys of every flow. A kind's schema is a strict object of these, its own `kind` literal, its `schedules`, and the rest. */
export const flowKeys = {
  name: flowName.describe('name of the flow: what commands, workflow ids and metrics call it'),
  description: z.string().max(2_000).exactOptional().describe('what the flow is for, in your words'),
  // Null on most machines: any worker reaches any disk until a deployment says otherwise.
  queueSuffix: queueSuffix
    .nullable()
    .default(null)
    .describe('only workers with this suffix (landfall-transfer@SUFFIX) take the work of this flow: the host that reaches its disk'),
};

/** When one job runs: a cron line or a time of day in UTC, or null. `unless` is the kind's default, named with its reason beside the kind's schema. */
export const schedule = (unless: string | null) => cron.nullable().prefault(unless);
