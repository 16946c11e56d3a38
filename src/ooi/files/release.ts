import type { Values } from '../../formats/zarr/values.ts';

const owned = new WeakSet<ArrayBufferLike>();

/** Says that nobody else holds these values. */
export function owning(values: Values): Values {
  owned.add(values.buffer);
  return values;
}

/** Gives the memory of values back at once where they are owned: collected memory of this size piles up faster than it is collected. They are empty then. */
export function release({ buffer }: Values): void {
  if (owned.delete(buffer) && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
