import type { JsonObject } from '../json.ts';

/** One step between the values' bytes and the stored bytes, as `.zarray` names it. */
export interface Codec {
  /** Exactly what `.zarray` says, kept as it was so that a rewritten document says the same. */
  readonly config: JsonObject;
  /** Why chunks cannot be written so that they are what `config` says; null: they can. */
  readonly whyNotEncoded: string | null;
  encode(bytes: Uint8Array): Promise<Uint8Array>;
  /**
   * @param expectedBytes what the result must have; nothing much larger is ever allocated
   * @throws {Error} of any kind for bytes that are not the codec's
   */
  decode(bytes: Uint8Array, expectedBytes: number): Promise<Uint8Array>;
  /** The same where the length of the result is not known: so many bytes at most. */
  decodeUpTo(bytes: Uint8Array, mostBytes: number): Promise<Uint8Array>;
}

export const cannotBeWritten = (): Promise<never> => Promise.reject(new Error('this codec only reads'));
