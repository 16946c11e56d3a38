import { z } from 'zod';
import { Failure } from '../../errors.ts';
import { readJson, writeJson } from '../../formats/zarr/json.ts';
import type { ObjectStore, Options, WriteOptions } from '../../stores/objects/contract.ts';
import type { Places } from './places.ts';

const was = z.strictObject({ generation: z.string(), publishedAt: z.string(), replacedAt: z.string() });

const schema = z.strictObject({
  /** The live generation. */
  generation: z.string(),
  /** Prefix of its group's keys at the flow's place. */
  root: z.string(),
  /** Grows by one with each publication. */
  version: z.number().int().nonnegative(),
  publishedAt: z.string(),
  /** `copying`: the published copy is being replaced; until that has ended the address does not open. */
  state: z.enum(['published', 'copying']),
  /** Generations that were live before, newest last. */
  before: z.array(was).readonly(),
});

/** `<table>.current.json`: which generation is live. */
export type CurrentRecord = Readonly<z.output<typeof schema>>;

export interface FoundCurrent {
  readonly record: CurrentRecord;
  readonly version: string;
}

/** @throws {Failure} `unreadable_record` (stop) */
export async function readCurrent(objects: ObjectStore, { current: key }: Places, options: Options = {}): Promise<FoundCurrent | null> {
  const found = await objects.get(key, options);
  if (found === null) return null;
  const parsed = schema.safeParse(readJson(key, found.bytes));
  if (parsed.success) return { record: parsed.data, version: found.version };
  throw unreadableRecord(key, z.prettifyError(parsed.error));
}

/** Of several that replace what they have read, one succeeds. @throws {Failure} `condition_failed` (replan) */
export async function writeCurrent(
  objects: ObjectStore,
  { current: key }: Places,
  record: CurrentRecord,
  replaces: FoundCurrent | null,
  options: WriteOptions = {},
): Promise<FoundCurrent> {
  const condition = replaces === null ? 'absent' : { version: replaces.version };
  const { version } = await objects.put(key, writeJson(record), { ...options, condition, contentType: 'application/json' });
  return { record, version };
}

export const unreadableRecord = (key: string, what: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'unreadable_record',
    happened: `${key} is not a record that Landfall wrote: ${what}`,
    remedy: 'Restore it from a copy, or refresh the flow',
  });
