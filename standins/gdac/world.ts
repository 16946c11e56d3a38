import {
  BGC_MODELS,
  BGC_PARAMETERS,
  CENTRES,
  CORE_MODELS,
  DEEP_MODEL,
  type Model,
  type Parameter,
  PRES,
  PSAL,
  REGIONS,
  type Region,
  TEMP,
} from './catalog.ts';
import { type Random, randomOf } from './random.ts';

/** All there is to say about a generated tree: everything else follows from these three and the number of nights played. */
export interface World {
  readonly seed: number;
  /** Floats there from the start; every night brings one more. */
  readonly floats: number;
  /** Cycles each of those floats has made at the start. */
  readonly cyclesPerFloat: number;
}

export interface Float {
  readonly index: number;
  readonly dac: string;
  readonly wmo: string;
  readonly dataCentre: string;
  /** The night in which its first files appear; 0: there from the start. */
  readonly bornNight: number;
  readonly firstCycle: number;
  readonly region: Region;
  readonly model: Model;
  readonly isDeep: boolean;
  /** Format 2.2: fewer variables. */
  readonly isOld: boolean;
  readonly hasDescending: boolean;
  readonly core: readonly Parameter[];
  /** Empty: a core float. */
  readonly bgc: readonly Parameter[];
  readonly levels: number;
  /** Pressures are whole numbers of 1/this. */
  readonly pressureScale: number;
  readonly programme: string;
  /** The programme from this cycle on, where it changed hands. */
  readonly later: { readonly fromCycle: number; readonly programme: string } | null;
  readonly textsAreUtf8: boolean;
  /** Seconds since 1950-01-01 of the first cycle. */
  readonly launch: number;
  /** Real-time data are adjusted (mode A) by some centres. */
  readonly realTimeMode: 'R' | 'A';
  /** What delayed mode adds, in whole numbers of the parameter's step, by parameter index. */
  readonly adjustment: number;
}

/** One profile of a float: a cycle and a direction. */
export interface Slot {
  readonly cycle: number;
  /** Cycles since the float's first. */
  readonly age: number;
  readonly direction: 'A' | 'D';
  readonly bornNight: number;
}

const DAY = 86_400;
/** Days from 1950-01-01 to 2016-01-01. */
const EARLIEST_LAUNCH_DAY = 24_106;
const CYCLE_DAYS = 10;
const GROWTH_PER_NIGHT = 0.3;
const NEWBORN_CYCLES = 3;

export function floatOf(world: World, index: number): Float {
  const random = randomOf(world.seed, 'float', index);
  const centre = CENTRES[index % CENTRES.length] ?? CENTRES[0];
  const isBgc = index % 5 === 1;
  const isDeep = !isBgc && random.chance(0.08);
  const isOld = !isBgc && !isDeep && index % 12 === 3;
  const model = isDeep ? DEEP_MODEL : random.pick(isBgc ? BGC_MODELS : CORE_MODELS);
  const programme = random.pick(centre.programmes);
  const firstCycle = index % 10 === 4 ? 990 : random.whole(0, 1);
  return {
    index,
    dac: centre.dac,
    wmo: wmoOf(index),
    dataCentre: centre.code,
    bornNight: Math.max(0, index - world.floats + 1),
    firstCycle,
    region: random.pick(REGIONS),
    model,
    isDeep,
    isOld,
    hasDescending: random.chance(0.4),
    core: index % 23 === 20 ? [PRES, TEMP] : [PRES, TEMP, PSAL],
    bgc: isBgc ? BGC_PARAMETERS.slice(0, random.whole(3, BGC_PARAMETERS.length)) : [],
    levels: random.pick([70, 78, 86, 94]),
    pressureScale: random.pick([10, 10, 128]),
    programme,
    later: random.chance(0.15) ? { fromCycle: firstCycle + random.whole(2, 30), programme: `${programme}, SECOND PHASE` } : null,
    textsAreUtf8: random.chance(0.5),
    launch: (EARLIEST_LAUNCH_DAY + random.whole(0, 1500)) * DAY + random.whole(0, DAY - 1),
    realTimeMode: random.pick(['R', 'R', 'A']),
    adjustment: random.whole(-9, 9),
  };
}

/** `[1-7]9xxxxx` as today's floats are numbered, five digits as the first ones were. */
function wmoOf(index: number): string {
  if (index % 40 === 39) return String(13_000 + index);
  return `${1 + (index % 7)}9${String(index).padStart(5, '0')}`;
}

/** The floats whose first files were there by the end of a night (0: before the first). */
export function* floatsAt(world: World, night: number): Generator<Float> {
  for (let index = 0; index < world.floats + night; index += 1) yield floatOf(world, index);
}

/** The profiles a float has ever had by the end of a night, files or not, in the order of their cycles. */
export function slotsAt(world: World, float: Float, night: number): readonly Slot[] {
  if (night < float.bornNight) return [];
  const births: number[] = new Array(float.bornNight === 0 ? world.cyclesPerFloat : NEWBORN_CYCLES).fill(float.bornNight);
  for (let later = float.bornNight + 1; later <= night; later += 1)
    if (growth(world, float, later).chance(GROWTH_PER_NIGHT)) births.push(later);
  return births.flatMap((bornNight, age) => {
    const ascending: Slot = { cycle: float.firstCycle + age, age, direction: 'A', bornNight };
    return float.hasDescending && age === 1 ? [{ ...ascending, direction: 'D' as const }, ascending] : [ascending];
  });
}

const growth = (world: World, float: Float, night: number): Random => randomOf(world.seed, 'growth', float.index, night);

/** Cycle digits with an optional D, as in file names. */
export const numberOf = ({ cycle, direction }: Slot): string => `${String(cycle).padStart(3, '0')}${direction === 'D' ? 'D' : ''}`;

export const slotKey = (float: Float, slot: Slot): string => `${float.dac}/${float.wmo}_${numberOf(slot)}`;

/** Seconds since 1950-01-01 at which the profile was made. */
export const momentOf = (float: Float, slot: Slot): number =>
  float.launch + slot.age * CYCLE_DAYS * DAY - (slot.direction === 'D' ? 7 * 3600 : 0);
