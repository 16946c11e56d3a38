/** The package's own types cannot be found through its `exports`: what the tests use of it. */
declare module 'zarr' {
  interface Store {
    getItem(key: string): Promise<ArrayBufferLike>;
    containsItem(key: string): Promise<boolean>;
    setItem(key: string, value: unknown): Promise<boolean>;
    deleteItem(key: string): Promise<boolean>;
    keys(): Promise<readonly string[]>;
  }
  interface RawArray {
    readonly data: ArrayBufferView;
    readonly shape: readonly number[];
  }
  export function openArray(options: {
    readonly store: Store;
    readonly path: string;
    readonly mode: 'r';
  }): Promise<{ getRaw(selection: null): Promise<RawArray> }>;
}
