import { BGC_PARAMETERS, DRY_LAND, type Parameter, PRES, TEMP } from './catalog.ts';
import type { Defect, FileState, Prefix } from './history.ts';
import { type Random, randomOf } from './random.ts';
import { type Float, momentOf, numberOf, type Slot, type World } from './world.ts';

/** A float32 that says "missing", as `_FillValue` of every parameter does. */
export const FILL = 99_999;

/** One parameter of one file. Arrays as long as N_LEVELS; a value is FILL or NaN where there is none; flags are one character a level. */
export interface Column {
  readonly parameter: Parameter;
  /** R, A, D or blank (an unknown mode: raw data count). */
  readonly mode: string;
  readonly raw: Float32Array;
  readonly rawFlags: string;
  readonly adjusted: Float32Array;
  readonly adjustedFlags: string;
}

/** What the generator decided that a file says about its first profile. */
export interface FileContent {
  readonly kind: 'core' | 'bio' | 'synthetic';
  /** null: the fill value. */
  readonly cycle: number | null;
  readonly direction: 'A' | 'D' | ' ';
  readonly dataMode: string;
  /** Seconds since 1950-01-01, or null. */
  readonly seconds: number | null;
  readonly timeFlag: string;
  readonly position: Position | null;
  readonly positionFlag: string;
  readonly programme: string;
  readonly instrumentType: string;
  /** Fourteen digits where all is well. */
  readonly dateUpdate: string;
  readonly columns: readonly Column[];
  /** Profiles in the file; the second is a near-surface one that nobody may load. */
  readonly profiles: 1 | 2;
  readonly hasPressure: boolean;
}

/** Thousandths of a degree, so that sums are exact. East up to 190000 where a centre counts that way. */
export interface Position {
  readonly longitude: number;
  readonly latitude: number;
}

const QUIRKS = {
  missingPosition: 0.012,
  wildPosition: 0.004,
  interpolatedPosition: 0.02,
  blankPositionFlag: 0.005,
  onLand: 0.004,
  missingTime: 0.006,
  blankTimeFlag: 0.004,
  estimatedTime: 0.02,
  notANumber: 0.02,
  degenerate: 0.004,
  noUsablePressure: 0.004,
  blankDirection: 0.004,
  gaps: 0.05,
  positionMoved: 0.02,
  programmeDiffers: 0.01,
  timeLostInCore: 0.005,
  blankParameterMode: 0.02,
} as const;
type Quirk = keyof typeof QUIRKS | 'none';
const PAIR_QUIRKS: ReadonlySet<Quirk> = new Set<Quirk>(['positionMoved', 'programmeDiffers', 'timeLostInCore', 'blankParameterMode']);

/** Oddities of a profile that are no defects: it has a document, if a peculiar one. At most one each. */
function quirkOf(world: World, float: Float, slot: Slot): Quirk {
  let dice = randomOf(world.seed, 'quirk', float.index, numberOf(slot)).next();
  for (const [quirk, share] of Object.entries(QUIRKS) as [keyof typeof QUIRKS, number][]) {
    if (dice < share) return PAIR_QUIRKS.has(quirk) && float.bgc.length === 0 ? 'none' : quirk;
    dice -= share;
  }
  return 'none';
}

export function contentOf(world: World, float: Float, slot: Slot, file: FileState, defect: Defect | null): FileContent {
  const kind = kindOf(file.prefix);
  const isCore = kind === 'core';
  const harm = isCore ? defect : null;
  const quirk = quirkOf(world, float, slot);
  const random = randomOf(world.seed, 'content', float.index, numberOf(slot));
  const profiles = random.chance(0.2) && kind !== 'synthetic' ? 2 : 1;
  const dataMode = file.prefix === 'D' || file.prefix === 'BD' ? 'D' : float.realTimeMode;
  const measured = measure(float, slot, quirk, random);
  const differs = kind === 'synthetic';
  const lostTime = quirk === 'missingTime' || (quirk === 'timeLostInCore' && isCore);
  const isBadlyPlaced = harm === 'latitudeOutOfRange';

  return {
    kind,
    cycle: harm === 'cycleFill' ? null : slot.cycle,
    direction: quirk === 'blankDirection' ? ' ' : slot.direction,
    dataMode: harm === 'blankDataMode' ? ' ' : dataMode,
    seconds: lostTime ? null : momentOf(float, slot),
    timeFlag: lostTime ? '9' : quirk === 'blankTimeFlag' ? ' ' : quirk === 'estimatedTime' ? '8' : '1',
    position: isBadlyPlaced ? { longitude: 0, latitude: 95_500 } : positionOf(world, float, slot, quirk, differs),
    positionFlag: POSITION_FLAGS[quirk] ?? '1',
    programme: programmeOf(float, slot, quirk, differs),
    instrumentType: float.index % 13 === 5 && slot.age < 3 ? `0${float.model.instrumentType}` : float.model.instrumentType,
    dateUpdate: harm === 'garbledUpdate' ? '2024-01-01' : stamp(file.updated),
    columns: isCore ? coreColumns(float, measured, dataMode, file.revision) : bgcColumns(float, measured, file, quirk, kind),
    profiles,
    hasPressure: harm !== 'noPressure',
  };
}

const kindOf = (prefix: Prefix): FileContent['kind'] => (prefix.startsWith('S') ? 'synthetic' : prefix.startsWith('B') ? 'bio' : 'core');

const POSITION_FLAGS: Partial<Record<Quirk, string>> = {
  missingPosition: '9',
  wildPosition: '9',
  interpolatedPosition: '8',
  blankPositionFlag: ' ',
};

function positionOf(world: World, float: Float, slot: Slot, quirk: Quirk, differs: boolean): Position | null {
  if (quirk === 'missingPosition') return null;
  if (quirk === 'wildPosition') return { longitude: -999_999, latitude: -99_999 };
  const region = quirk === 'onLand' ? DRY_LAND : float.region;
  const random = randomOf(world.seed, 'position', float.index, slot.age);
  const inside = (from: number, to: number, anchor: number): number =>
    Math.round(1000 * (from + (to - from) * (0.8 * anchor + 0.2 * random.next())));
  const anchors = randomOf(world.seed, 'anchor', float.index);
  const longitude = inside(region.west, region.east, anchors.next());
  const latitude = inside(region.south, region.north, anchors.next());
  return {
    longitude: longitude > 180_000 && float.index % 2 === 0 ? longitude - 360_000 : longitude,
    latitude: quirk === 'positionMoved' && differs ? latitude + 250 : latitude,
  };
}

function programmeOf(float: Float, slot: Slot, quirk: Quirk, differs: boolean): string {
  if (quirk === 'programmeDiffers' && differs) return 'FORMER PROGRAMME';
  return float.later !== null && slot.cycle >= float.later.fromCycle ? float.later.programme : float.programme;
}

/** YYYYMMDDHHMISS of Unix seconds. */
const stamp = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(/\D/g, '').slice(0, 14);

/** What the float's sensors saw: whole numbers of each parameter's step, missing ones as NaN-free marks in `flags`. */
interface Measured {
  /** Pressures, ascending, in 1/pressureScale dbar; one more entry a level for what lies between two levels (synthetic files). */
  readonly pressures: Int32Array;
  readonly pressureFlags: string;
  readonly core: readonly Samples[];
  readonly isReversed: boolean;
  readonly isDegenerate: boolean;
  readonly hasNotANumber: boolean;
  readonly hasNoUsablePressure: boolean;
  readonly random: Random;
}

interface Samples {
  readonly parameter: Parameter;
  readonly units: Int32Array;
  readonly flags: string;
}

const MISSING = '9';
/** The character 1; the other flags follow. */
const ONE = 49;

function measure(float: Float, slot: Slot, quirk: Quirk, random: Random): Measured {
  const count = float.levels - random.whole(0, 3);
  const deepest = float.isDeep ? random.whole(3600, 5800) : random.whole(1800, 2050);
  const shallowest = float.index % 6 === 0 ? -0.3 : 4;
  const pressures = Int32Array.from({ length: count }, (_, index) => {
    const way = index / (count - 1);
    return Math.round(float.pressureScale * (shallowest + (deepest - shallowest) * way * Math.sqrt(way))) + random.whole(0, 5);
  });
  const isDegenerate = quirk === 'degenerate';
  if (isDegenerate) pressures[20] = pressures[19] ?? 0;
  const isDoubtfulBelow = float.isDeep && random.chance(0.1) ? 2500 * float.pressureScale : Number.POSITIVE_INFINITY;
  const gaps = quirk === 'gaps' ? 0.08 : 0;
  const pressureFlags = Array.from(pressures, (pressure) => (random.chance(gaps) ? MISSING : pressure > isDoubtfulBelow ? '4' : '1')).join(
    '',
  );
  const core = float.core.slice(1).map((parameter) => sample(float, parameter, pressures, random));
  return {
    pressures,
    pressureFlags,
    core,
    isReversed: slot.direction === 'D' && float.index % 2 === 0,
    isDegenerate,
    hasNotANumber: quirk === 'notANumber',
    hasNoUsablePressure: quirk === 'noUsablePressure',
    random,
  };
}

function sample(float: Float, parameter: Parameter, pressures: Int32Array, random: Random): Samples {
  const shallow = parameter === TEMP ? float.region.surface : parameter.shallow;
  const spread = Math.max(2, Math.round(Math.abs(shallow - parameter.deep) / 200));
  const units = new Int32Array(pressures.length);
  const flags = Buffer.alloc(pressures.length);
  for (let index = 0; index < units.length; index += 1) {
    const depth = Math.max(0, (pressures[index] ?? 0) / float.pressureScale);
    units[index] = Math.round(parameter.deep + (shallow - parameter.deep) / (1 + depth / 400)) + random.whole(-spread, spread);
    const dice = random.next();
    flags[index] = dice < 0.92 ? ONE : dice < 0.95 ? ONE + 1 : dice < 0.97 ? ONE + 2 : dice < 0.985 ? ONE + 3 : ONE + 8;
  }
  return { parameter, units, flags: flags.toString('latin1') };
}

function coreColumns(float: Float, measured: Measured, mode: string, revision: number): readonly Column[] {
  const pressure: Samples = { parameter: PRES, units: measured.pressures, flags: measured.pressureFlags };
  return [pressure, ...measured.core].map((samples) => column(float, measured, samples, mode, revision, float.levels, measured.isReversed));
}

/**
 * Synthetic and B files: all pressures of the core file that are not missing and, after every third of them, one in between; the core's
 * parameters stand on the former, the others on the latter and on every second of the former.
 */
function bgcColumns(float: Float, measured: Measured, file: FileState, quirk: Quirk, kind: FileContent['kind']): readonly Column[] {
  const axis = syntheticAxis(measured);
  const levels = syntheticLevels(float);
  const random = measured.random;
  const isDelayed = file.prefix === 'SD' || file.prefix === 'BD';
  const coreMode = isDelayed && random.chance(0.6) ? 'D' : float.realTimeMode;
  const pressures = Int32Array.from(axis, ({ pressure }) => pressure);
  const flags = axis.map(({ coreIndex }) => (coreIndex === null ? '1' : (measured.pressureFlags[coreIndex] ?? '1'))).join('');
  const core = measured.core.map((samples) => onAxis(samples, axis));
  const bgc = float.bgc.map((parameter) => sparse(sample(float, parameter, pressures, random), axis));
  const modes = float.bgc.map((_, index) => bgcMode(isDelayed, index, float, random));
  if (quirk === 'blankParameterMode') modes[modes.length - 1] = ' ';

  const of = (samples: Samples, mode: string): Column => column(float, measured, samples, mode, file.revision, levels, false);
  return [
    of({ parameter: PRES, units: pressures, flags }, coreMode),
    ...(kind === 'bio' ? [] : core.map((samples) => of(samples, coreMode))),
    ...bgc.slice(0, kind === 'bio' ? BIO_FILE_PARAMETERS : bgc.length).map((samples, index) => of(samples, modes[index] ?? 'R')),
  ];
}

/** B files are never loaded: a few parameters keep the tree small. */
const BIO_FILE_PARAMETERS = 3;

/** N_LEVELS of a float's synthetic files: room for the longest axis. */
const syntheticLevels = (float: Float): number => float.levels + Math.ceil(float.levels / 3);

interface AxisLevel {
  readonly pressure: number;
  /** null: a level of the biogeochemical sensors alone. */
  readonly coreIndex: number | null;
}

function syntheticAxis({ pressures, pressureFlags, isDegenerate }: Measured): readonly AxisLevel[] {
  const axis: AxisLevel[] = [];
  pressures.forEach((pressure, index) => {
    if (pressureFlags[index] === MISSING) return;
    if (axis.at(-1)?.pressure === pressure && isDegenerate) return; // only the core file is degenerate
    axis.push({ pressure, coreIndex: index });
    const next = pressures[index + 1];
    if (index % 3 === 0 && next !== undefined && next - pressure > 1)
      axis.push({ pressure: pressure + ((next - pressure) >> 1), coreIndex: null });
  });
  return axis;
}

const onAxis = ({ parameter, units, flags }: Samples, axis: readonly AxisLevel[]): Samples => ({
  parameter,
  units: Int32Array.from(axis, ({ coreIndex }) => (coreIndex === null ? 0 : (units[coreIndex] ?? 0))),
  flags: axis.map(({ coreIndex }) => (coreIndex === null ? ' ' : (flags[coreIndex] ?? ' '))).join(''),
});

const sparse = ({ parameter, units, flags }: Samples, axis: readonly AxisLevel[]): Samples => ({
  parameter,
  units,
  flags: axis.map(({ coreIndex }, index) => (coreIndex === null || coreIndex % 2 === 0 ? (flags[index] ?? ' ') : ' ')).join(''),
});

function bgcMode(isDelayed: boolean, index: number, float: Float, random: Random): string {
  if (isDelayed) return index === 0 ? 'D' : random.pick(['D', 'D', 'A', 'R']);
  return index === BGC_PARAMETERS.length - 1 ? 'R' : random.pick([float.realTimeMode, 'A', 'R']);
}

/**
 * Raw and adjusted values of one parameter. A flag of 9 or blank has no value; in delayed mode a level flagged 4 has no adjusted value.
 * A revision of a file moves its values a little (never its pressures).
 */
function column(
  float: Float,
  measured: Measured,
  samples: Samples,
  mode: string,
  revision: number,
  levels: number,
  isReversed: boolean,
): Column {
  const { parameter, units } = samples;
  const isPressure = parameter === PRES;
  const scale = isPressure ? float.pressureScale : parameter.scale;
  const raw = new Float32Array(levels).fill(FILL);
  const adjusted = new Float32Array(levels).fill(FILL);
  const isAdjusted = mode === 'D' || mode === 'A';
  const isLost = isPressure && measured.hasNoUsablePressure && isAdjusted;
  const flags = isReversed ? [...samples.flags].reverse().join('') : samples.flags;
  for (let index = 0; index < units.length; index += 1) {
    const flag = flags[index];
    if (flag === MISSING || flag === ' ') {
      if (!measured.hasNotANumber) continue;
      raw[index] = Number.NaN;
      if (isAdjusted) adjusted[index] = Number.NaN;
      continue;
    }
    const unit = (units[isReversed ? units.length - 1 - index : index] ?? 0) + (isPressure ? 0 : revision * 3);
    raw[index] = unit / scale;
    const isWithdrawn = isLost || (mode === 'D' && flag === '4');
    if (isAdjusted && !isWithdrawn) adjusted[index] = (unit + float.adjustment) / scale;
  }
  const adjustedFlags = !isAdjusted ? '' : isLost ? '4'.repeat(units.length) : flags;
  return { parameter, mode, raw, rawFlags: flags.padEnd(levels), adjusted, adjustedFlags: adjustedFlags.padEnd(levels) };
}
