import { z } from 'zod';
import { Failure } from '../../src/errors.ts';

const delay = z.union([
  z.literal('never'),
  /** So many answers 404 to `status.txt` first. */
  z.strictObject({ polls: z.int().min(0) }),
  /** Of the facility's clock, from when the request was accepted. */
  z.strictObject({ seconds: z.number().min(0) }),
]);

/**
 * How a request ends. `as_it_is`: as the tree has it, or complete. `unmerged`: complete, and instead of merged files many small ones that
 * overlap (of generated streams).
 */
export const outcomeSchema = z.enum(['as_it_is', 'aggregation_failed', 'no_data', 'some_failed', 'empty_catalog', 'unmerged']);

/**
 * What is wrong with a file of a request wherever it is read from. `empty`: no row; `nothing`: no byte. Of generated streams alone: `no_time`,
 * `other_epoch` (its times count from 2025; a reader converts them), `bad_units` (its times count nothing that is known).
 */
export const defectSchema = z.strictObject({
  /** Position among the request's own data files; -1 is the last. */
  file: z.int(),
  kind: z.enum(['truncated', 'html', 'nothing', 'empty', 'no_time', 'missing', 'other_epoch', 'bad_units']),
});

/** Something that goes wrong on the way, for answers that it matches. */
const fault = z.strictObject({
  /** See `endpointOf`; any where left out. */
  endpoint: z.string().exactOptional(),
  /** Part of the path with its query. */
  match: z.string().exactOptional(),
  kind: z.enum(['status', 'cut', 'truncated', 'html', 'maintenance', 'slow', 'late', 'silent', 'expired']),
  status: z.int().min(400).max(599).default(500),
  retryAfterSeconds: z.number().min(0).exactOptional(),
  /** Of `slow`. */
  bytesPerSecond: z.number().positive().default(65_536),
  /** Of `late`: before an answer begins. */
  lateMs: z.int().min(1).default(200),
  /** Share of the body that arrives where it is `cut` or `truncated`. */
  share: z.number().min(0).max(1).default(0.6),
  /** How often; always where left out. */
  times: z.int().min(1).exactOptional(),
});

const schema = z.strictObject({
  delay: delay.default({ seconds: 0 }),
  /** By table name, over `delay`. */
  delayOf: z.record(z.string(), delay).default({}),
  /** Of requests that are accepted from now on. */
  outcome: outcomeSchema.default('as_it_is'),
  outcomeOf: z.record(z.string(), outcomeSchema).default({}),
  /** By table name, of requests that are accepted from now on. */
  defectsOf: z.record(z.string(), z.array(defectSchema)).default({}),
  faults: z.array(fault).default([]),
  /** More requests than this to the interface are answered 429 with Retry-After. */
  rateLimit: z
    .strictObject({ requests: z.int().min(1), perSeconds: z.number().positive(), retryAfterSeconds: z.number().min(0).default(1) })
    .nullable()
    .default(null),
  /** Which of a tree's answers (A0, A1, …) a table's data requests get, one after the other; as they stand in the tree where left out. */
  answersOf: z.record(z.string(), z.array(z.string())).default({}),
  /** The user's own catalog lists a tree's requests that nobody made here, too. */
  listsEarlier: z.boolean().default(false),
});

/** Everything that can be switched while the facility runs. What is left out is off. */
export type Switches = z.output<typeof schema>;
export type SwitchesInput = z.input<typeof schema>;
export type Delay = z.output<typeof delay>;
export type Outcome = z.output<typeof outcomeSchema>;
export type Defect = z.output<typeof defectSchema>;
export type Fault = z.output<typeof fault>;

/** @throws {Failure} `standin_switches` (stop). */
export function readSwitches(value: unknown): Switches {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Failure({ kind: 'stop', code: 'standin_switches', happened: `The switches are wrong: ${z.prettifyError(result.error)}` });
}
