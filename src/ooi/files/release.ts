import { giveBack } from '../../formats/zarr/memory.ts';
import type { Values } from '../../formats/zarr/values.ts';

const owned = new WeakSet<ArrayBufferLike>();

/** Says that nobody else holds these values. */
export function owning(values: Values): Values {
  owned.add(values.buffer);
  return values;
}

/** Gives the memory of values back at once where they are owned. They are empty then. */
export function release({ buffer }: Values): void {
  if (owned.delete(buffer) && buffer instanceof ArrayBuffer) giveBack(new Uint8Array(buffer));
}
