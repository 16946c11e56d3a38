import { randomOf } from './random.ts';
import { type Float, numberOf, type Slot, type World } from './world.ts';

export type Prefix = 'R' | 'D' | 'BR' | 'BD' | 'SR' | 'SD' | 'MR';

/** Why a profile cannot be translated, and the reason code that the specification gives. Always in the core file. */
export const DEFECTS = {
  truncated: 'unreadable_file',
  empty: 'unreadable_file',
  notNetcdf: 'unreadable_file',
  blankDataMode: 'bad_data_mode',
  cycleFill: 'missing_cycle_number',
  latitudeOutOfRange: 'location_out_of_range',
  noPressure: 'no_pressure_variable',
  garbledUpdate: 'missing_variable',
} as const;
export type Defect = keyof typeof DEFECTS;
const DEFECT_NAMES: readonly Defect[] = [
  'truncated',
  'empty',
  'notNetcdf',
  'blankDataMode',
  'cycleFill',
  'latitudeOutOfRange',
  'noPressure',
  'garbledUpdate',
];

export interface FileState {
  readonly prefix: Prefix;
  /** Grows when the content changes. */
  readonly revision: number;
  /** DATE_UPDATE, Unix seconds. */
  readonly updated: number;
  /** Unix seconds. */
  readonly mtime: number;
}

/** The files of one profile at one moment. None: the profile is gone. */
export interface ProfileState {
  readonly files: readonly FileState[];
  readonly defect: Defect | null;
}

type Event =
  | 'nothing'
  | 'deleted'
  | 'onlyBioLeft'
  | 'renamed'
  | 'delayedAdded'
  | 'withdrawn'
  | 'synthesised'
  | 'changed'
  | 'touched'
  | 'obsoleteAdded'
  | 'repaired';

const DAY = 86_400;
const FIRST_DAY = Date.UTC(2024, 0, 1) / 1000;
const NIGHTS_BEGIN = Date.UTC(2025, 0, 1) / 1000;
const GONE: ProfileState = { files: [], defect: null };

/** What is left of a profile after a night: its state before the first night, and what each night since did to it. */
export function stateAt(world: World, float: Float, slot: Slot, night: number): ProfileState {
  if (night < slot.bornNight) return GONE;
  let state = slot.bornNight === 0 ? initialState(world, float, slot) : newbornState(world, float, slot);
  for (let later = slot.bornNight + 1; later <= night && state.files.length > 0; later += 1)
    state = afterNight(world, float, slot, later, state);
  return state;
}

function initialState(world: World, float: Float, slot: Slot): ProfileState {
  const random = randomOf(world.seed, 'initial', float.index, numberOf(slot));
  const defect = defectOf(world, float, slot);
  const stage = random.next();
  const core: readonly Prefix[] = stage < 0.45 ? ['D'] : stage < 0.95 ? ['R'] : ['R', 'D'];
  const prefixes = float.bgc.length === 0 ? core : withBio(core, random.next(), defect === null);
  const obsolete: readonly Prefix[] = random.chance(0.005) ? ['MR'] : [];
  const files = [...prefixes, ...obsolete].map((prefix) => {
    const mtime = FIRST_DAY + random.whole(0, 300 * DAY);
    return { prefix, revision: 0, updated: mtime - 3600, mtime };
  });
  return { files, defect };
}

/** Core, B and synthetic files in the combinations the tree shows: synthetic ones lag behind or are delayed before the core is. */
function withBio(core: readonly Prefix[], stage: number, mayLackCore: boolean): readonly Prefix[] {
  if (stage < 0.02 && mayLackCore) return ['BR', 'SR'];
  if (core.includes('D')) {
    if (stage < 0.6) return [...core, 'BD', 'SD'];
    return stage < 0.8 ? [...core, 'BR', 'SR'] : [...core, 'BR', 'BD', 'SR', 'SD'];
  }
  if (stage < 0.15) return [...core, 'BR'];
  return stage < 0.85 ? [...core, 'BR', 'SR'] : [...core, 'BD', 'SD'];
}

function newbornState(world: World, float: Float, slot: Slot): ProfileState {
  const random = randomOf(world.seed, 'newborn', float.index, numberOf(slot));
  const prefixes: readonly Prefix[] = float.bgc.length === 0 ? ['R'] : ['R', 'BR'];
  return { files: prefixes.map((prefix) => writtenAt(prefix, 0, slot.bornNight, random.whole(0, 7200))), defect: null };
}

/** About one in a hundred; spread so that a tree of some thirty floats shows every kind. */
function defectOf(world: World, float: Float, slot: Slot): Defect | null {
  const random = randomOf(world.seed, 'defect', float.index, numberOf(slot));
  const isPlaced = slot.age === 5 && slot.direction === 'A' && float.index % 3 === 2;
  if (isPlaced) return DEFECT_NAMES[Math.floor(float.index / 3) % DEFECT_NAMES.length] ?? null;
  return random.chance(0.002) ? (DEFECT_NAMES[random.whole(0, DEFECT_NAMES.length - 1)] ?? null) : null;
}

function afterNight(world: World, float: Float, slot: Slot, night: number, state: ProfileState): ProfileState {
  const random = randomOf(world.seed, 'night', night, float.index, numberOf(slot));
  const { files, defect } = state;
  const second = random.whole(0, 7200);
  const renew = (file: FileState): FileState => writtenAt(file.prefix, file.revision + 1, night, second);
  const added = (prefix: Prefix): FileState => writtenAt(prefix, 0, night, second);

  switch (eventOf(world, float, slot, night, state, random.next())) {
    case 'nothing':
      return state;
    case 'deleted':
      return GONE;
    case 'onlyBioLeft':
      return { files: files.filter(({ prefix }) => prefix.startsWith('B')), defect: null };
    case 'renamed':
      return { files: [...files.filter(({ prefix }) => prefix !== 'R'), added('D')], defect };
    case 'delayedAdded':
      return { files: [...files, added('D')], defect };
    case 'withdrawn':
      return { files: files.filter(({ prefix }) => prefix !== 'D'), defect };
    case 'synthesised': {
      const before = files.filter(({ prefix }) => prefix !== 'SR' && prefix !== 'BR');
      const wasThere = files.some(({ prefix }) => prefix === 'SR');
      return { files: wasThere ? [...before, added('BD'), added('SD')] : [...files, added('SR')], defect };
    }
    case 'changed':
      return { files: files.map(renew), defect };
    case 'touched':
      return { files: files.map((file, index) => (index === 0 ? { ...file, mtime: renew(file).mtime } : file)), defect };
    case 'obsoleteAdded':
      return { files: [...files, added('MR')], defect };
    case 'repaired':
      return { files: files.map(renew), defect: null };
  }
}

/** At most one event a night and profile. `dice` in [0, 1). */
function eventOf(world: World, float: Float, slot: Slot, night: number, { files, defect }: ProfileState, dice: number): Event {
  const has = (...prefixes: readonly Prefix[]): boolean => files.some(({ prefix }) => prefixes.includes(prefix));
  const placed = placedEvent(world, float, slot, night);
  if (placed === 'renamed') return has('R') && !has('D') ? 'renamed' : 'changed';
  if (placed !== null) return placed;
  if (defect !== null) return dice < 0.25 ? 'repaired' : 'nothing';
  if (!has('R', 'D', 'SR', 'SD')) return 'nothing';

  const isBgc = float.bgc.length > 0;
  const options: readonly (readonly [Event, number])[] = [
    ['deleted', 0.003],
    ['onlyBioLeft', isBgc && has('BR', 'BD') ? 0.004 : 0],
    ['renamed', has('R') && !has('D') ? 0.03 : 0],
    ['delayedAdded', has('R') && !has('D') ? 0.006 : 0],
    ['withdrawn', has('R') && has('D') ? 0.1 : 0],
    ['synthesised', isBgc && has('BR') && !has('SD', 'BD') ? (has('SR') ? 0.04 : 0.5) : 0],
    ['touched', 0.006],
    ['obsoleteAdded', has('MR') ? 0 : 0.002],
    ['changed', 0.04],
  ];
  let rest = dice;
  for (const [event, share] of options) {
    if (rest < share) return event;
    rest -= share;
  }
  return 'nothing';
}

/** Every night deletes, renames and changes at least one profile, however small the tree (where those are still there). */
function placedEvent({ floats, cyclesPerFloat }: World, float: Float, slot: Slot, night: number): 'deleted' | 'renamed' | 'changed' | null {
  if (slot.direction === 'D' || slot.age !== (night + 1) % cyclesPerFloat) return null;
  const place = (((float.index - night * 3) % floats) + floats) % floats;
  return ([null, 'deleted', 'renamed', 'changed'] as const)[place] ?? null;
}

function writtenAt(prefix: Prefix, revision: number, night: number, second: number): FileState {
  const mtime = NIGHTS_BEGIN + night * DAY + second;
  return { prefix, revision, updated: mtime - 1800, mtime };
}

export const BEST_SYNTHETIC: readonly Prefix[] = ['SD', 'SR'];
export const BEST_CORE: readonly Prefix[] = ['D', 'R'];

/** The files a loader must read, in its order: the best synthetic one, the best core one. */
export function loadable(files: readonly FileState[]): readonly FileState[] {
  return [BEST_SYNTHETIC, BEST_CORE].flatMap((order) => {
    const best = order.map((prefix) => files.find((file) => file.prefix === prefix)).find((file) => file !== undefined);
    return best === undefined ? [] : [best];
  });
}
