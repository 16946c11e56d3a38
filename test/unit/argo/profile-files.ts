import type { ProfileFile, ProfileVariable } from '../../../src/argo/profile-file.ts';
import type { AttributeValue, NcType, Values } from '../../../src/formats/netcdf/file.ts';

/** Profile files as they come out of their containers, written by hand. */

export const FILL = 99_999;

const variable = (
  type: NcType,
  values: Values,
  width: number,
  fill: AttributeValue | null,
  units: string | null = null,
): ProfileVariable => ({ type, values, width, fill, units });

export const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

/** One string of `width` cells, blank padded. */
export const text = (content: string, width: number): ProfileVariable => variable('char', bytes(content.padEnd(width)), width, ' ');

/** Several strings of 16 cells. */
export const texts = (contents: readonly string[]): ProfileVariable =>
  variable('char', bytes(contents.map((content) => content.padEnd(16)).join('')), 16, ' ');

/** One character a cell. */
export const characters = (content: string): ProfileVariable => variable('char', bytes(content), 1, ' ');

export const double = (value: number, fill = FILL): ProfileVariable => variable('double', Float64Array.of(value), 1, Float64Array.of(fill));

export const int = (value: number): ProfileVariable => variable('int', Int32Array.of(value), 1, Int32Array.of(FILL));

export const floats = (values: readonly number[], units: string | null = null): ProfileVariable =>
  variable('float', Float32Array.from(values), values.length, Float32Array.of(FILL), units);

/** A parameter's raw and adjusted variables; the adjusted values are the raw ones and 1. */
export function parameter(
  name: string,
  values: readonly number[],
  { units = 'unit', flags = '1'.repeat(values.length) }: { readonly units?: string | null; readonly flags?: string } = {},
): Record<string, ProfileVariable> {
  const adjusted = values.map((value) => (value === FILL ? FILL : value + 1));
  return {
    [name]: floats(values, units),
    [`${name}_QC`]: characters(flags),
    [`${name}_ADJUSTED`]: floats(adjusted, units),
    [`${name}_ADJUSTED_QC`]: characters(flags),
  };
}

type Variables = Readonly<Record<string, ProfileVariable | null>>;

const HEAD: Variables = {
  PLATFORM_NUMBER: text('5900001', 8),
  CYCLE_NUMBER: int(12),
  DIRECTION: characters('A'),
  JULD: double(20_000, 999_999),
  JULD_QC: characters('1'),
  LATITUDE: double(10.25),
  LONGITUDE: double(-30.75),
  POSITION_QC: characters('1'),
  DATE_UPDATE: text('20180524062807', 14),
  DATA_CENTRE: text('AO', 2),
  PI_NAME: text('A NAME', 64),
  PLATFORM_TYPE: text('APEX', 32),
  WMO_INST_TYPE: text('846', 4),
  POSITIONING_SYSTEM: text('GPS', 8),
};

/** A core file in real time with two levels. A variable given as null is left out. */
export function coreFile(changes: Variables = {}, path = 'aoml/5900001/profiles/R5900001_012.nc'): ProfileFile {
  const measured = { ...parameter('PRES', [5, 10], { units: 'decibar' }), ...parameter('TEMP', [20, 19.5]) };
  const own = {
    DATA_MODE: characters('R'),
    STATION_PARAMETERS: texts(['PRES', 'TEMP']),
    VERTICAL_SAMPLING_SCHEME: text('Primary sampling: discrete []', 256),
  };
  return { path, kind: 'core', variables: variablesOf({ ...HEAD, ...measured, ...own, ...changes }) };
}

/** A synthetic file in real time with two levels of DOXY. A variable given as null is left out. */
export function syntheticFile(changes: Variables = {}, path = 'aoml/5900001/profiles/SR5900001_012.nc'): ProfileFile {
  const measured = { ...parameter('PRES', [5, 10], { units: 'decibar' }), ...parameter('DOXY', [200, 199]) };
  const own = { PARAMETER_DATA_MODE: characters('RR'), STATION_PARAMETERS: texts(['PRES', 'DOXY']) };
  return { path, kind: 'synthetic', variables: variablesOf({ ...HEAD, ...measured, ...own, ...changes }) };
}

function variablesOf(variables: Variables): ReadonlyMap<string, ProfileVariable> {
  return new Map(Object.entries(variables).flatMap(([name, found]) => (found === null ? [] : [[name, found] as const])));
}
