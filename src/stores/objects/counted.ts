import type { ObjectStore } from './contract.ts';

/** What went through a store, of operations that succeeded. Copies move no bytes of ours. */
export interface Traffic {
  readonly gets: number;
  readonly readBytes: number;
  readonly puts: number;
  readonly writtenBytes: number;
  readonly copies: number;
  readonly deletes: number;
}

/** The same store, and what has gone through it so far. */
export function counted(store: ObjectStore): { readonly store: ObjectStore; traffic(): Traffic } {
  let traffic: Traffic = { gets: 0, readBytes: 0, puts: 0, writtenBytes: 0, copies: 0, deletes: 0 };
  const add = (name: 'gets' | 'puts' | 'copies' | 'deletes', moved: Partial<Traffic> = {}): void => {
    traffic = {
      ...traffic,
      [name]: traffic[name] + 1,
      readBytes: traffic.readBytes + (moved.readBytes ?? 0),
      writtenBytes: traffic.writtenBytes + (moved.writtenBytes ?? 0),
    };
  };
  return {
    traffic: () => traffic,
    store: {
      ...store,
      async put(key, body, options) {
        const stored = await store.put(key, body, options);
        add('puts', { writtenBytes: stored.sizeBytes });
        return stored;
      },
      async get(key, options) {
        const found = await store.get(key, options);
        add('gets', { readBytes: found?.sizeBytes ?? 0 });
        return found;
      },
      async getRange(key, range, options) {
        const bytes = await store.getRange(key, range, options);
        add('gets', { readBytes: bytes?.byteLength ?? 0 });
        return bytes;
      },
      async copy(from, to, options) {
        await store.copy(from, to, options);
        add('copies');
      },
      async delete(key, options) {
        await store.delete(key, options);
        add('deletes');
      },
    },
  };
}
