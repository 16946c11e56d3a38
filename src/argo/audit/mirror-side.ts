import { ahead } from '../ahead.ts';
import { listName, type ProfileKey } from '../names.ts';
import { type FileFacts, factsOf } from '../read.ts';
import { selectFiles } from '../select.ts';
import { listPlatforms, profilesOf } from '../tree.ts';

/** A profile as the mirror holds it: of its files those that would be loaded. `files` null: they moved while they were looked at. */
export interface MirrorProfile extends ProfileKey {
  readonly files: readonly FileFacts[] | null;
}

/** The profiles of one float under all centres, in byte order of their ids. */
export interface MirrorFloat {
  readonly wmo: string;
  readonly profiles: readonly MirrorProfile[];
}

/** Folders read and files looked at while earlier ones are compared: enough to keep a disk busy, few enough to keep memory small. */
const AHEAD = 8;

/** Ids are `<wmo>_<number>`: a digit sorts before the line, so that `138571_001` comes before `13857_001`. */
export const floatOrder = (wmo: string): string => `${wmo}_`;

export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** All floats of the mirror in the order of their ids. Memory: the names of the floats, and the files of a few. */
export async function* mirrorFloats(root: string, signal: AbortSignal): AsyncGenerator<MirrorFloat, void, undefined> {
  const centres = new Map<string, string[]>();
  for await (const { dac, wmo } of listPlatforms(root)) {
    const known = centres.get(wmo);
    if (known === undefined) centres.set(wmo, [dac]);
    else known.push(dac);
  }
  const floats = [...centres].toSorted(([a], [b]) => byText(floatOrder(a), floatOrder(b)));
  yield* ahead(floats, AHEAD, ([wmo, dacs]) => {
    signal.throwIfAborted();
    return mirrorFloat(root, wmo, dacs);
  });
}

export async function mirrorFloat(root: string, wmo: string, dacs: readonly string[]): Promise<MirrorFloat> {
  const profiles: MirrorProfile[] = [];
  for (const dac of dacs) {
    const held = await profilesOf(root, { dac, wmo });
    const groups = [...held].flatMap(([number, prefixes]) => selectFiles({ dac, wmo, number }, prefixes) ?? []);
    profiles.push(
      ...(await Promise.all(groups.map(async (group) => ({ dac, wmo, number: group.number, files: await factsOf(root, group.files) })))),
    );
  }
  return { wmo, profiles: profiles.toSorted((a, b) => byText(listName(a), listName(b)) || byText(a.dac, b.dac)) };
}
