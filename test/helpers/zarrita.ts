import * as zarrita from 'zarrita';
import type { ChunkReader } from '../../src/formats/zarr/store.ts';

/** Our stores as zarrita wants them: keys begin with a slash, nothing is undefined. */
export const zarritaStore = (store: ChunkReader) => ({
  get: async (key: `/${string}`): Promise<Uint8Array | undefined> => {
    const bytes = await store.get(key.slice(1));
    return bytes === null ? undefined : new Uint8Array(bytes);
  },
});

/** All values of an array that zarrita opened, as bytes in the order of this machine. */
export async function bytesRead(array: zarrita.Array<zarrita.DataType, zarrita.Readable>): Promise<Buffer> {
  const { data } = await zarrita.get(array);
  if (!('buffer' in data)) throw new TypeError('zarrita gave objects');
  const bytes = data instanceof zarrita.ByteStringArray ? data._data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.from(bytes);
}
