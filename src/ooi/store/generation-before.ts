import type { GenerationInfo } from './contract.ts';
import { readCurrent } from './current.ts';
import { listGenerations } from './expire.ts';
import { noGeneration } from './failures.ts';
import type { Room } from './generation.ts';

/**
 * The generation that was live last before the one that is: by the order in which they were replaced, whatever clocks said when they were made.
 * What was built and never published was never live.
 *
 * @throws {Failure} `no_generation`
 */
export async function generationBefore(room: Room): Promise<GenerationInfo> {
  const all = await listGenerations(room);
  const kept = new Map(all.flatMap((info) => (info.isLive ? [] : [[info.id, info] as const])));
  const current = await readCurrent(room.objects, room.places);
  const last = current?.record.before.findLast(({ generation }) => kept.has(generation));
  const found = last === undefined ? undefined : kept.get(last.generation);
  if (found !== undefined) return found;
  throw noGeneration(`${room.table} has no generation that was live before`, [...kept.keys()]);
}
