import { bytesToFill, giveBack } from '../../formats/memory.ts';
import { giveRoomBack } from '../../formats/zarr/shared-memory.ts';
import type { Values } from '../../formats/zarr/values.ts';

const owned = new WeakSet<Values>();

/** Says that nobody else holds these values. */
export function owning<T extends Values>(values: T): T {
  owned.add(values);
  return values;
}

/** Owned room for whoever writes every one of them. */
export function doublesToFill(count: number): Float64Array {
  return owning(new Float64Array(bytesToFill(count * Float64Array.BYTES_PER_ELEMENT).buffer, 0, count));
}

/** Gives the memory of values back at once where they are owned. Nobody looks at them then: they are empty, or another's. */
export function release(values: Values): void {
  if (!owned.delete(values)) return;
  const { buffer } = values;
  if (buffer instanceof SharedArrayBuffer) giveRoomBack(buffer);
  else giveBack(new Uint8Array(buffer));
}
