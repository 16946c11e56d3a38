import { closeSync, futimesSync, mkdirSync, openSync, renameSync, rmSync, utimesSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { contentOf } from './content.ts';
import { floatBytes, profileBytes } from './files.ts';
import { loadable, stateAt } from './history.ts';
import { type Float, floatsAt, numberOf, slotKey, slotsAt, type World } from './world.ts';

/** A file as it must be after a certain night. */
interface PlannedFile {
  /** Relative to the tree. */
  readonly path: string;
  /** `<dac>/<wmo>_<number>`, or null for the float's own files. */
  readonly profile: string | null;
  /** Unix seconds. */
  readonly mtime: number;
  /** Differs exactly when the bytes do. */
  readonly edition: string;
  readonly bytes: () => Uint8Array;
}

/** What a night did to the tree. Every count is of the whole tree. */
export interface NightSummary {
  readonly night: number;
  readonly files: {
    readonly added: number;
    readonly changed: number;
    /** Only the modification time is new. */
    readonly touched: number;
    readonly deleted: number;
  };
  /** Of the files added and changed. */
  readonly bytes: number;
  readonly profiles: {
    /** Profiles of which any file was added, changed, touched or deleted: the length of the night's list. */
    readonly listed: number;
    /** Can be loaded now and could not before. */
    readonly added: number;
    /** Could be loaded before and cannot now. */
    readonly deleted: number;
    /** Their R file went and their D file came. */
    readonly renamed: number;
  };
}

export interface TreeSize {
  readonly floats: number;
  /** Profiles that can be loaded or must be rejected. */
  readonly profiles: number;
  readonly files: number;
  readonly bytes: number;
}

const TREE_BEGINS = Date.UTC(2024, 0, 1) / 1000;
const NIGHTS_BEGIN = Date.UTC(2025, 0, 1) / 1000;
const DAY = 86_400;

/** Writes the whole tree as it is after a night (0: before the first) into an empty folder. */
export async function writeTree(world: World, night: number, tree: string): Promise<TreeSize> {
  let size: TreeSize = { floats: 0, profiles: 0, files: 0, bytes: 0 };
  for (const float of floatsAt(world, night)) {
    mkdirSync(join(tree, float.dac, float.wmo, 'profiles'), { recursive: true });
    for (const file of filesOf(world, float, night)) {
      size = { ...size, files: size.files + 1, bytes: size.bytes + write(join(tree, file.path), file) };
    }
    size = { ...size, floats: size.floats + 1, profiles: size.profiles + profilesOf(world, float, night).size };
    await breathe();
  }
  return size;
}

/**
 * Brings a tree from the night before to this one, in place. Each file appears under its name whole, by way of `workFolder` (same file
 * system); files go before files come, float by float. Repeated after a kill, it ends in the same tree.
 */
export async function applyNight(world: World, night: number, tree: string, workFolder: string): Promise<NightSummary> {
  mkdirSync(workFolder, { recursive: true });
  const count = { added: 0, changed: 0, touched: 0, deleted: 0, bytes: 0 };
  const profiles = { listed: 0, added: 0, deleted: 0, renamed: 0 };
  for (const float of floatsAt(world, night)) {
    const before = new Map([...filesOf(world, float, night - 1)].map((file) => [file.path, file]));
    const after = new Map([...filesOf(world, float, night)].map((file) => [file.path, file]));
    const listed = new Set<string | null>();
    const gone = [...before.values()].filter(({ path }) => !after.has(path));
    for (const file of gone) {
      rmSync(join(tree, file.path), { force: true });
      listed.add(file.profile);
      count.deleted += 1;
    }
    for (const file of after.values()) {
      const old = before.get(file.path);
      const what = old === undefined ? 'added' : old.edition !== file.edition ? 'changed' : old.mtime !== file.mtime ? 'touched' : null;
      if (what === null) continue;
      listed.add(file.profile);
      count[what] += 1;
      if (what === 'touched') utimesSync(join(tree, file.path), file.mtime, file.mtime);
      else count.bytes += replace(join(tree, file.path), join(workFolder, 'incoming'), file);
    }
    listed.delete(null);
    profiles.listed += listed.size;
    profiles.renamed += [...listed].filter((key) => isRenamed(key ?? '', float, before, after)).length;
    const there = profilesOf(world, float, night - 1);
    const here = profilesOf(world, float, night);
    profiles.added += [...here].filter((key) => !there.has(key)).length;
    profiles.deleted += [...there].filter((key) => !here.has(key)).length;
    await breathe();
  }
  rmSync(workFolder, { recursive: true, force: true });
  const { bytes, ...files } = count;
  return { night, files, bytes, profiles };
}

function isRenamed(
  key: string,
  { dac, wmo }: Float,
  before: ReadonlyMap<string, PlannedFile>,
  after: ReadonlyMap<string, PlannedFile>,
): boolean {
  const name = (prefix: string): string => `${dac}/${wmo}/profiles/${prefix}${key.slice(dac.length + 1)}.nc`;
  return before.has(name('R')) && !after.has(name('R')) && !before.has(name('D')) && after.has(name('D'));
}

function profilesOf(world: World, float: Float, night: number): ReadonlySet<string> {
  const slots = slotsAt(world, float, night).filter((slot) => loadable(stateAt(world, float, slot, night).files).length > 0);
  return new Set(slots.map((slot) => slotKey(float, slot)));
}

function* filesOf(world: World, float: Float, night: number): Generator<PlannedFile> {
  if (night < float.bornNight) return;
  const slots = slotsAt(world, float, night);
  yield* floatFiles(float, slots.length, slots.at(-1)?.bornNight ?? 0);
  for (const slot of slots) {
    const { files, defect } = stateAt(world, float, slot, night);
    for (const file of files) {
      yield {
        path: `${float.dac}/${float.wmo}/profiles/${file.prefix}${float.wmo}_${numberOf(slot)}.nc`,
        profile: slotKey(float, slot),
        mtime: file.mtime,
        edition: `${file.revision},${defect ?? 'whole'}`,
        bytes: () => profileBytes(float, file.prefix, contentOf(world, float, slot, file, defect), defect),
      };
    }
  }
}

function* floatFiles(float: Float, slots: number, latestNight: number): Generator<PlannedFile> {
  const at = (night: number): number => (night === 0 ? TREE_BEGINS : NIGHTS_BEGIN + night * DAY);
  const file = (kind: string, cycles: number, night: number): PlannedFile => ({
    path: `${float.dac}/${float.wmo}/${float.wmo}_${kind}.nc`,
    profile: null,
    mtime: at(night),
    edition: String(cycles),
    bytes: () => floatBytes(float, cycles, '20240101000000'),
  });
  yield file('meta', 0, float.bornNight);
  yield file('tech', slots, latestNight);
}

/** @returns the bytes written. */
function write(path: string, file: PlannedFile): number {
  const bytes = file.bytes();
  const descriptor = openSync(path, 'w', 0o644);
  try {
    writeSync(descriptor, bytes);
    futimesSync(descriptor, file.mtime, file.mtime);
  } finally {
    closeSync(descriptor);
  }
  return bytes.length;
}

function replace(path: string, temporary: string, file: PlannedFile): number {
  const bytes = write(temporary, file);
  mkdirSync(dirname(path), { recursive: true });
  renameSync(temporary, path);
  return bytes;
}
