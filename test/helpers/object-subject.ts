import type { ListedObject, ObjectStore } from '../../src/stores/objects/contract.ts';

/** What a store must give to be held against the contract. */
export interface Subject {
  /** Opens the same empty place as often as it is asked; each test has its own place. */
  open(): Promise<ObjectStore>;
}

export type NewSubject = () => Promise<Subject>;

export const bytes = (text: string): Uint8Array => Buffer.from(text);
export const textOf = async (store: ObjectStore, key: string): Promise<string | null> => {
  const found = await store.get(key);
  return found === null ? null : Buffer.from(found.bytes).toString();
};
export const listed = async (objects: AsyncIterable<ListedObject>): Promise<readonly string[]> =>
  (await Array.fromAsync(objects)).map(({ key }) => key);

/** A stream of so many pieces, each filled with its number. */
export async function* pieces(count: number, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let number = 0; number < count; number += 1) yield new Uint8Array(sizeBytes).fill(number);
}
