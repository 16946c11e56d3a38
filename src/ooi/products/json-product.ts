import type { ObjectStore, Stored, WriteOptions } from '../../stores/objects/contract.ts';

/** Stores a value as a JSON object of the products, whole. */
export const putJson = (objects: ObjectStore, key: string, value: unknown, options: WriteOptions): Promise<Stored> =>
  objects.put(key, new TextEncoder().encode(JSON.stringify(value)), { ...options, contentType: 'application/json' });
