import { createHash } from 'node:crypto';
import type { Body, Condition, ListedObject, ObjectStore } from '../../src/stores/objects/contract.ts';
import { conditionFailed, noSuchObject } from '../../src/stores/objects/failures.ts';

const versionOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function whole(body: Body): Promise<Uint8Array> {
  return body instanceof Uint8Array ? new Uint8Array(body) : Buffer.concat(await Array.fromAsync(body));
}

/** Objects in memory that keep the contract as far as one process sees it. */
export function memoryObjects(objects: Map<string, Uint8Array> = new Map()): ObjectStore & { readonly objects: Map<string, Uint8Array> } {
  const place = 'memory';
  const check = (key: string, condition: Condition | undefined): void => {
    const bytes = objects.get(key);
    const isMet =
      condition === undefined ||
      (condition === 'absent' ? bytes === undefined : bytes !== undefined && versionOf(bytes) === condition.version);
    if (!isMet && condition !== undefined) throw conditionFailed({ place, key }, condition);
  };
  return {
    place,
    objects,
    async put(key, body, { condition, fence, signal } = {}) {
      const bytes = await whole(body);
      await fence?.();
      signal?.throwIfAborted();
      check(key, condition);
      objects.set(key, bytes);
      return { sizeBytes: bytes.byteLength, version: versionOf(bytes) };
    },
    async get(key) {
      const stored = objects.get(key);
      const bytes = stored === undefined ? undefined : new Uint8Array(stored);
      return bytes === undefined ? null : { bytes, sizeBytes: bytes.byteLength, version: versionOf(bytes) };
    },
    getRange: async (key, { offset, length }) => objects.get(key)?.subarray(offset, offset + length) ?? null,
    async stat(key) {
      const bytes = objects.get(key);
      return bytes === undefined ? null : { sizeBytes: bytes.byteLength, modifiedAt: new Date(0) };
    },
    async version(key) {
      const bytes = objects.get(key);
      return bytes === undefined ? null : versionOf(bytes);
    },
    async *list(prefix): AsyncGenerator<ListedObject> {
      for (const key of [...objects.keys()].toSorted()) {
        const bytes = objects.get(key);
        if (bytes !== undefined && key.startsWith(prefix)) yield { key, sizeBytes: bytes.byteLength, modifiedAt: new Date(0) };
      }
    },
    async copy(from, to, { fence } = {}) {
      const bytes = objects.get(from);
      if (bytes === undefined) throw noSuchObject({ place, key: from });
      await fence?.();
      objects.set(to, bytes);
    },
    async delete(key, { fence } = {}) {
      await fence?.();
      objects.delete(key);
    },
    sweep: async () => 0,
  };
}
