import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readJson } from '../../formats/zarr/json.ts';
import type { ObjectStore, Options } from '../../stores/objects/contract.ts';
import { unreadableRecord } from './current.ts';
import { stateKey } from './state.ts';

const digest = z.strictObject({ length: z.number().int().nonnegative(), sha256: z.string() });

/** A chunk that lies ready. */
const staged = digest.extend({
  /** Where it lies. */
  staged: z.string(),
  /** Relative to the group. */
  key: z.string(),
  /** Version of what it replaces; null: nothing is there. */
  replaces: z.string().nullable(),
});

/** A document or a record, small enough to stand in the intent itself. */
const written = digest.extend({ key: z.string(), text: z.string(), replaces: z.string().nullable() });

const schema = z.strictObject({
  format: z.literal(1),
  generation: z.string(),
  /** Prefix of the group's keys. */
  root: z.string(),
  /** For people: which request, and what of it. */
  says: z.string(),
  /** Version of the state that the change was made from; null: there was none. */
  replacesState: z.string().nullable(),
  /** Where its chunks lie ready. */
  folder: z.string(),
  /** `.zmetadata` that hides what is about to be moved; null: no row moves. */
  cut: written.nullable(),
  chunks: z.array(staged).readonly(),
  /** Of arrays and of the group, keys relative to it. */
  documents: z.array(written).readonly(),
  /** `.zmetadata` as it becomes. */
  publishes: written,
  /** Segments and the request, full keys. */
  records: z.array(written).readonly(),
  /** `state.json`, the last of all. */
  state: written,
});

/** A change of a generation, whole: whoever finds it does the same, to the same bytes. */
export type Intent = Readonly<z.output<typeof schema>>;
export type StagedChunk = Intent['chunks'][number];
export type WrittenText = Intent['state'];

export const intentKey = (record: string): string => `${record}/intent.json`;
export const stagingFolder = (record: string): string => `${record}/intent`;

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const writtenText = (key: string, bytes: Uint8Array, replaces: string | null): WrittenText => ({
  key,
  text: Buffer.from(bytes).toString('utf8'),
  length: bytes.byteLength,
  sha256: sha256Of(bytes),
  replaces,
});

export const intentBytes = (intent: Intent): Uint8Array => Buffer.from(JSON.stringify(intent));

/** @throws {Failure} `unreadable_record` (stop) */
export async function readIntent(objects: ObjectStore, record: string, options: Options = {}): Promise<Intent | null> {
  const key = intentKey(record);
  const found = await objects.get(key, options);
  if (found === null) return null;
  const parsed = schema.safeParse(readJson(key, found.bytes));
  if (!parsed.success) throw unreadableRecord(key, z.prettifyError(parsed.error));
  if (parsed.data.state.key === stateKey(record)) return parsed.data;
  throw unreadableRecord(key, `it is of generation ${parsed.data.generation}`);
}
