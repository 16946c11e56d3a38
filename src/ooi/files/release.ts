import { giveBack } from '../../formats/zarr/memory.ts';
import { giveRoomBack } from '../../formats/zarr/shared-memory.ts';
import type { Values } from '../../formats/zarr/values.ts';

const owned = new WeakSet<Values>();

/** Says that nobody else holds these values. */
export function owning(values: Values): Values {
  owned.add(values);
  return values;
}

/** Gives the memory of values back at once where they are owned. Nobody looks at them then: they are empty, or another's. */
export function release(values: Values): void {
  if (!owned.delete(values)) return;
  const { buffer } = values;
  if (buffer instanceof SharedArrayBuffer) giveRoomBack(buffer);
  else giveBack(new Uint8Array(buffer));
}
