import { Failure, isFailure } from '../../src/errors.ts';
import type { Generation } from '../../src/ooi/store/contract.ts';
import { intentKey } from '../../src/ooi/store/intent.ts';
import { placesOf } from '../../src/ooi/store/places.ts';
import { readState } from '../../src/ooi/store/state.ts';
import type { ObjectStore } from '../../src/stores/objects/contract.ts';

/** Whether a generation is being changed, or was since it was opened: a chunk of it may then not be what its record said. */
export async function hasChanged(objects: ObjectStore, table: string, opened: Generation): Promise<boolean> {
  const record = placesOf(table).record(opened.id);
  // In this order: a change that has no intent any more has left its state.
  if ((await objects.version(intentKey(record))) !== null) return true;
  const found = await readState(objects, record);
  return found !== null && found.state.changedAt !== opened.state.changedAt;
}

/** Reading that met a change is done again; damage is damage. @throws {Failure} `store_changed` (again) */
export async function readBesideChanges<T>(reading: Promise<T>, isChanged: () => Promise<boolean>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    if (!isFailure(cause, 'damaged_chunk', 'missing_chunk') || !(await isChanged())) throw cause;
    throw new Failure({
      kind: 'again',
      code: 'store_changed',
      happened: 'The store was changed while it was read',
      remedy: 'It is read again by itself',
      cause,
    });
  }
}
