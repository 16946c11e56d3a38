import type { ObjectStore, WriteOptions } from './contract.ts';

/** The same store, with a fence before every change: a writer whose lease is gone changes nothing more. */
export function fenced(store: ObjectStore, fence: () => Promise<void>): ObjectStore {
  const both = (own: WriteOptions['fence']): (() => Promise<void>) =>
    own === undefined
      ? fence
      : async () => {
          await own();
          await fence();
        };
  return {
    ...store,
    put: (key, body, options = {}) => store.put(key, body, { ...options, fence: both(options.fence) }),
    copy: (from, to, options = {}) => store.copy(from, to, { ...options, fence: both(options.fence) }),
    delete: (key, options = {}) => store.delete(key, { ...options, fence: both(options.fence) }),
  };
}
