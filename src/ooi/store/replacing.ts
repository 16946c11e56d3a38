import type { Options } from '../../stores/objects/contract.ts';
import { atOnce } from './at-once.ts';
import type { CurrentRecord } from './current.ts';
import type { Room } from './generation.ts';
import { stateKey } from './state.ts';

const AT_ONCE = 8;

/** The record after another generation has taken the place of the live one. Of those before it names the ones that are still there. */
export async function replacing(
  { objects, places }: Room,
  old: CurrentRecord | null,
  next: Pick<CurrentRecord, 'generation' | 'root' | 'state' | 'publishedAt'>,
  options: Options,
): Promise<CurrentRecord> {
  const there = new Set<string>();
  await atOnce(AT_ONCE, old?.before ?? [], async ({ generation }) => {
    if ((await objects.stat(stateKey(places.record(generation)), options)) !== null) there.add(generation);
  });
  const left = old === null ? [] : [{ generation: old.generation, publishedAt: old.publishedAt, replacedAt: next.publishedAt }];
  const before = [...(old?.before ?? []).filter(({ generation }) => there.has(generation)), ...left];
  return { ...next, version: (old?.version ?? 0) + 1, before: before.filter(({ generation }) => generation !== next.generation) };
}
