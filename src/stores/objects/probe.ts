import { Failure, isFailure } from '../../errors.ts';
import type { Condition, ObjectStore } from './contract.ts';

/** Below it are objects that are there for a moment. */
const PROBES = 'landfall.probe';

/**
 * Writes an object of its own, reads it back and deletes it: whether the place may be written, and whether of several writers one is let through,
 * which whatever is published there depends on.
 * @param id  no two at once.
 * @throws {Failure} as the store does; stop: `no_conditions`, the server writes whatever the condition; `lost_write`, it gives back other bytes.
 */
export async function probeStore(store: ObjectStore, id: string, signal: AbortSignal): Promise<void> {
  const key = `${PROBES}/${id}`;
  const [first, second] = [Buffer.from(`first ${id}`), Buffer.from(`second ${id}`)];
  const put = (bytes: Uint8Array, condition: Condition) => store.put(key, bytes, { condition, signal });
  const refused = async (condition: Condition): Promise<void> => {
    try {
      await put(first, condition);
    } catch (error) {
      if (isFailure(error, 'condition_failed')) return;
      throw error;
    }
    throw noConditions(store.place);
  };
  const { version } = await put(first, 'absent');
  try {
    await refused('absent');
    await put(second, { version });
    await refused({ version });
    const found = await store.get(key, { signal });
    if (found === null || !second.equals(found.bytes)) throw lost(store.place);
  } finally {
    await store.delete(key, { signal });
  }
}

const noConditions = (place: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'no_conditions',
    happened: `The server of ${place} writes an object whatever the condition`,
    expected: 'conditional writes (If-Match, If-None-Match)',
    remedy: 'Use a server or a version that keeps conditions, or keep the objects in a folder',
  });

const lost = (place: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'lost_write',
    happened: `The server of ${place} does not give back what was written a moment ago`,
    remedy: 'Look at the server; nothing can be kept there',
  });
