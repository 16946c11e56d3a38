import { type Column, contentOf, FILL, type FileContent, type Position } from './content.ts';
import { DEFECTS, type FileState, loadable, type ProfileState, stateAt } from './history.ts';
import { type Float, floatsAt, numberOf, type Slot, slotKey, slotsAt, type World } from './world.ts';

/** The profile's document without what only the loader can know: `metadata` and `date_updated_argovis`. */
export interface ExpectedArgo {
  readonly _id: string;
  readonly geolocation: { readonly type: 'Point'; readonly coordinates: readonly [longitude: number, latitude: number] };
  readonly basin: number;
  readonly timestamp: Date | null;
  readonly source: readonly { readonly source: readonly string[]; readonly url: string; readonly date_updated: Date }[];
  /** Sorted; absent when empty. */
  readonly data_warning?: readonly string[];
  readonly cycle_number: number;
  readonly geolocation_argoqc: number;
  readonly timestamp_argoqc: number;
  readonly profile_direction: string;
  readonly vertical_sampling_scheme?: string;
  readonly bgc_mismatches?: Readonly<Record<string, unknown>>;
  readonly data: readonly (readonly (number | null)[])[];
  readonly data_info: readonly [
    keys: readonly string[],
    columns: readonly ['units', 'data_keys_mode'],
    rows: readonly (readonly [string | null, string | null])[],
  ];
}

/** The metadata document's content: without `_id` and `date_updated_argovis`. */
export interface ExpectedMeta {
  readonly data_type: string;
  readonly data_center: string;
  readonly instrument: string;
  readonly pi_name: readonly string[];
  readonly platform: string;
  readonly platform_type?: string;
  readonly fleetmonitoring: string;
  readonly oceanops: string;
  readonly positioning_system: string;
  readonly wmo_inst_type: string;
}

export type ExpectedOutcome =
  | { readonly state: 'document'; readonly argo: ExpectedArgo; readonly argoMeta: ExpectedMeta }
  | { readonly state: 'rejected'; readonly code: string };

export interface ExpectedProfile {
  /** `<dac>/<wmo>_<number>`. */
  readonly key: string;
  /** In load order, relative to the tree. */
  readonly files: readonly string[];
  readonly outcome: ExpectedOutcome;
}

/** Every profile that a loader must know by the end of a night, float by float. Made anew each time from the seed: nothing is kept. */
export function* expectedProfiles(world: World, night: number): Generator<ExpectedProfile> {
  for (const float of floatsAt(world, night)) yield* expectedOfFloat(world, float, night);
}

export function* expectedOfFloat(world: World, float: Float, night: number): Generator<ExpectedProfile> {
  for (const slot of slotsAt(world, float, night)) {
    const state = stateAt(world, float, slot, night);
    const files = loadable(state.files);
    if (files.length > 0) yield expectedOf(world, float, slot, state, files);
  }
}

/** Keys of the profiles that were there after an earlier night (or before the first) and are no more. */
export function* deletedProfiles(world: World, night: number): Generator<string> {
  for (const float of floatsAt(world, night)) {
    for (const slot of slotsAt(world, float, night)) {
      if (loadable(stateAt(world, float, slot, night).files).length > 0) continue;
      const wasThere = loadable(stateAt(world, float, slot, slot.bornNight).files).length > 0;
      if (wasThere) yield slotKey(float, slot);
    }
  }
}

function expectedOf(world: World, float: Float, slot: Slot, state: ProfileState, files: readonly FileState[]): ExpectedProfile {
  const paths = files.map(({ prefix }) => `${float.dac}/${float.wmo}/profiles/${prefix}${float.wmo}_${numberOf(slot)}.nc`);
  const key = slotKey(float, slot);
  if (state.defect !== null) return { key, files: paths, outcome: { state: 'rejected', code: DEFECTS[state.defect] } };

  const contents = files.map((file) => contentOf(world, float, slot, file, null));
  const parts = contents.map((content, index) => describe(float, slot, content, `ftp://ftp.ifremer.fr/ifremer/argo/dac/${paths[index]}`));
  const winner = parts.at(-1);
  if (winner === undefined) throw new RangeError(`${key} has no file to expect a document of.`);
  const mismatches = parts.length < 2 || parts[0] === undefined ? {} : differences(parts[0].compared, winner.compared);
  const hasMismatch = Object.keys(mismatches).length > 0;
  const levels = mergeLevels(contents);
  const warnings = new Set([...parts.flatMap(({ warnings }) => warnings), ...levels.warnings, ...(hasMismatch ? ['bgc_mismatch'] : [])]);
  const { geolocation, basin, timestamp, geolocation_argoqc, timestamp_argoqc, profile_direction, ...meta } = winner.compared;
  return {
    key,
    files: paths,
    outcome: {
      state: 'document',
      argo: {
        _id: `${float.wmo}_${numberOf(slot)}`,
        cycle_number: slot.cycle,
        geolocation,
        basin,
        timestamp,
        geolocation_argoqc,
        timestamp_argoqc,
        profile_direction,
        source: parts.map(({ source }) => source),
        data: levels.data,
        data_info: levels.info,
        ...(warnings.size === 0 ? {} : { data_warning: [...warnings].sort() }),
        ...(hasMismatch ? { bgc_mismatches: mismatches } : {}),
        ...(winner.kind === 'synthetic' || float.isOld ? {} : { vertical_sampling_scheme: float.model.scheme }),
      },
      argoMeta: {
        ...meta,
        data_type: 'oceanicProfile',
        instrument: 'profiling_float',
        data_center: float.dataCentre,
        platform: float.wmo,
        fleetmonitoring: `https://fleetmonitoring.euro-argo.eu/float/${float.wmo}`,
        oceanops: `https://www.ocean-ops.org/board/wa/Platform?ref=${float.wmo}`,
        positioning_system: float.model.positioning,
        ...(float.isOld ? {} : { platform_type: float.model.platformType }),
      },
    },
  };
}

/** The fields in which the generator ever lets two files of one profile differ, and those that differ between floats' cycles. */
interface Compared {
  readonly geolocation: ExpectedArgo['geolocation'];
  readonly basin: number;
  readonly timestamp: Date | null;
  readonly geolocation_argoqc: number;
  readonly timestamp_argoqc: number;
  readonly profile_direction: string;
  readonly pi_name: readonly string[];
  readonly wmo_inst_type: string;
}

interface Part {
  readonly kind: FileContent['kind'];
  readonly compared: Compared;
  readonly source: ExpectedArgo['source'][number];
  readonly warnings: readonly string[];
}

const EPOCH_1950 = Date.UTC(1950, 0, 1);

function describe(float: Float, slot: Slot, content: FileContent, url: string): Part {
  const { place, isMissing } = placeOf(content.position);
  const basin = isMissing ? -1 : basinOf(float, content.position);
  const isDeep = hasGoodLevelBelow(content, 2500);
  return {
    kind: content.kind,
    compared: {
      geolocation: { type: 'Point', coordinates: place },
      basin,
      timestamp: content.seconds === null ? null : new Date(EPOCH_1950 + content.seconds * 1000),
      geolocation_argoqc: flagNumber(content.positionFlag) ?? -1,
      timestamp_argoqc: flagNumber(content.timeFlag) ?? -1,
      profile_direction: slot.direction,
      pi_name: content.programme.split(','),
      wmo_inst_type: content.instrumentType,
    },
    source: {
      source: [content.kind === 'core' ? 'argo_core' : 'argo_bgc', ...(isDeep ? ['argo_deep'] : [])],
      url,
      date_updated: dateOf(content.dateUpdate),
    },
    warnings: [
      ...(isMissing ? ['missing_location'] : []),
      ...(!isMissing && basin === -1 ? ['missing_basin'] : []),
      ...(content.seconds === null ? ['missing_timestamp'] : []),
    ],
  };
}

/** Positions are missing, or the agreed stand-in values for missing ones, or real; the last are brought into ±180. */
function placeOf(position: Position | null): { readonly place: readonly [number, number]; readonly isMissing: boolean } {
  if (position === null || position.longitude < -500_000) return { place: [0, -90], isMissing: true };
  const longitude = position.longitude > 180_000 ? position.longitude - 360_000 : position.longitude;
  return { place: [longitude / 1000, position.latitude / 1000], isMissing: false };
}

const basinOf = (float: Float, position: Position | null): number => {
  const { west, east, south, north, basin } = float.region;
  if (position === null) return -1;
  const { longitude, latitude } = position;
  const isInside =
    [longitude, longitude + 360_000].some((east1000) => east1000 >= west * 1000 && east1000 <= east * 1000) &&
    latitude >= south * 1000 &&
    latitude <= north * 1000 + 250;
  return isInside ? basin : -1;
};

const flagNumber = (flag: string): number | null => (flag >= '0' && flag <= '9' && flag.length === 1 ? Number(flag) : null);

const dateOf = (stamp: string): Date => new Date(stamp.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z'));

function differences(synthetic: Compared, core: Compared): Readonly<Record<string, unknown>> {
  const left: [string, unknown][] = Object.entries(synthetic);
  const right: Readonly<Record<string, unknown>> = { ...core };
  return Object.fromEntries(left.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(right[name])));
}

const isUsed = (mode: string): boolean => mode === 'A' || mode === 'D';
const valuesOf = (column: Column): Float32Array => (isUsed(column.mode) ? column.adjusted : column.raw);
const flagsOf = (column: Column): string => (isUsed(column.mode) ? column.adjustedFlags : column.rawFlags);
const isThere = (value: number | undefined): value is number => value !== undefined && value !== FILL && !Number.isNaN(value);

function hasGoodLevelBelow(content: FileContent, dbar: number): boolean {
  const [pressure] = content.columns;
  if (pressure === undefined) return false;
  const flags = flagsOf(pressure);
  return valuesOf(pressure).some((value, level) => isThere(value) && value > dbar && (flags[level] === '1' || flags[level] === '2'));
}

/** Sixth decimal, halves to even. A float32 has 24 bits and a million 14 odd ones: the product is exact, so is what is decided from it. */
export function sixDecimals(float32: number): number {
  const millionths = float32 * 1e6;
  const below = Math.floor(millionths);
  const rest = millionths - below;
  const isUp = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  return (isUp ? below + 1 : below) / 1e6;
}

const KEYS: Readonly<Record<string, string>> = { PRES: 'pressure', TEMP: 'temperature', PSAL: 'salinity' };

function keyOf(column: Column, kind: FileContent['kind']): string {
  const { name } = column.parameter;
  const key = KEYS[name] ?? name.toLowerCase();
  return kind === 'synthetic' && (name === 'TEMP' || name === 'PSAL') ? `${key}_sfile` : key;
}

interface Levels {
  readonly data: ExpectedArgo['data'];
  readonly info: ExpectedArgo['data_info'];
  readonly warnings: readonly string[];
}

/** Levels of all files by pressure; keys of all files; a file that says two things at one pressure brings its keys and no level. */
function mergeLevels(contents: readonly FileContent[]): Levels {
  const table = new Map<number, Map<string, number | null>>();
  const describing = new Map<string, readonly [string | null, string | null]>();
  const pressureModes = new Set<string>();
  let isDegenerate = false;

  for (const { kind, columns } of contents) {
    const [pressure] = columns;
    if (pressure === undefined) continue;
    pressureModes.add(pressure.mode);
    for (const column of columns) {
      const key = keyOf(column, kind);
      describing.set(key, [column.parameter.units, column.mode === ' ' ? null : column.mode]);
      describing.set(`${key}_argoqc`, [null, null]);
    }
    const pressures = valuesOf(pressure);
    const present = [...pressures].filter(isThere);
    if (new Set(present).size < present.length) {
      isDegenerate = true;
      continue;
    }
    addLevels(table, pressures, columns, kind);
  }

  describing.set('pressure', ['decibar', ['R', 'A', 'D'].find((mode) => pressureModes.has(mode)) ?? null]);
  const keys = [...describing.keys()].sort();
  const rows = [...table].sort(([left], [right]) => left - right).map(([, row]) => row);
  return {
    data: rows.length === 0 ? [] : keys.map((key) => rows.map((row) => row.get(key) ?? null)),
    info: [keys, ['units', 'data_keys_mode'], keys.map((key) => describing.get(key) ?? [null, null])],
    warnings: isDegenerate ? ['degenerate_levels'] : [],
  };
}

function addLevels(
  table: Map<number, Map<string, number | null>>,
  pressures: Float32Array,
  columns: readonly Column[],
  kind: FileContent['kind'],
): void {
  const named = columns.map((column) => ({ key: keyOf(column, kind), values: valuesOf(column), flags: flagsOf(column) }));
  pressures.forEach((pressure, level) => {
    if (!isThere(pressure)) return;
    const row = table.get(pressure) ?? new Map<string, number | null>();
    table.set(pressure, row);
    for (const { key, values, flags } of named) {
      const value = values[level];
      row.set(key, isThere(value) ? sixDecimals(value) : null);
      row.set(`${key}_argoqc`, flagNumber(flags[level] ?? ' '));
    }
  });
}
