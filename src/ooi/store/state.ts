import { z } from 'zod';
import { type Json, readJson, writeJson } from '../../formats/zarr/json.ts';
import type { ObjectStore, Options } from '../../stores/objects/contract.ts';
import type { SchemaNotes } from '../series.ts';
import { unreadableRecord } from './current.ts';
import { asJson } from './json.ts';

const json = z.custom<Json>((value) => value !== undefined);
const rank = z.strictObject({ requestedAt: z.string(), request: z.string(), file: z.number().int() });
const said = z.strictObject({ value: json, by: rank }).readonly();
const attributes = z.record(z.string(), said).readonly();

const variable = z
  .strictObject({
    types: z.record(z.string(), z.strictObject({ first: rank, fill: said.nullable() })).readonly(),
    inner: z.array(z.strictObject({ name: z.string(), size: z.number().int().nonnegative() })).readonly(),
    isOnTime: z.boolean(),
    attributes,
    tests: z.strictObject({ value: z.string(), by: rank }).nullable(),
    textBytes: z.number().int().nonnegative(),
  })
  .readonly();

const notes: z.ZodType<SchemaNotes> = z
  .looseObject({ variables: z.record(z.string(), variable), attributes, extent: z.record(z.string(), z.number()).readonly() })
  .readonly();

const schema = z.strictObject({
  format: z.literal(1),
  generation: z.string(),
  /** `building` until all chunks have been read back. Only a complete one is published. */
  status: z.enum(['building', 'complete']),
  /** Prefix of its group's keys at the flow's place. */
  root: z.string(),
  /** Rows. */
  length: z.number().int().nonnegative(),
  /** Rows of a segment of its record. */
  segmentRows: z.number().int().positive(),
  /** Seconds since 1900; null while there are no rows. */
  firstTime: z.number().nullable(),
  lastTime: z.number().nullable(),
  /** What its files say of its form. */
  notes,
  /** Where its chunks and provenance were taken over from, if they were. */
  grownFrom: z.strictObject({ generation: z.string(), changedAt: z.string() }).nullable(),
  /** When all chunks of a store that somebody else wrote were entered into the record, ISO 8601; absent: not yet, or nobody else wrote it. */
  takenOverAt: z.string().exactOptional(),
  /** ISO 8601. */
  madeAt: z.string(),
  changedAt: z.string(),
});

/** `state.json` of a generation's record. */
export type GenerationState = Readonly<z.output<typeof schema>>;

export interface FoundState {
  readonly state: GenerationState;
  readonly version: string;
}

export const stateKey = (record: string): string => `${record}/state.json`;

/** Notes are JSON by agreement, which their types do not say. */
export const stateBytes = (state: GenerationState): Uint8Array => writeJson(asJson(state));

/** @param record the prefix of the record @throws {Failure} `unreadable_record` (stop) */
export async function readState(objects: ObjectStore, record: string, options: Options = {}): Promise<FoundState | null> {
  const key = stateKey(record);
  const found = await objects.get(key, options);
  if (found === null) return null;
  const parsed = schema.safeParse(readJson(key, found.bytes));
  if (parsed.success) return { state: parsed.data, version: found.version };
  throw unreadableRecord(key, z.prettifyError(parsed.error));
}
