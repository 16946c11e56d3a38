import type { NetcdfFile, ReadRequest, Variable } from '../formats/netcdf/file.ts';
import { parseProfilePath } from './names.ts';
import { parametersOf } from './parameters.ts';
import type { ProfileFile, ProfileVariable } from './profile-file.ts';
import { rejection } from './rejections.ts';

/** Everything but the measurements. */
const HEAD_VARIABLES = [
  'PLATFORM_NUMBER',
  'CYCLE_NUMBER',
  'DIRECTION',
  'DATA_MODE',
  'PARAMETER_DATA_MODE',
  'STATION_PARAMETERS',
  'JULD',
  'JULD_QC',
  'LATITUDE',
  'LONGITUDE',
  'POSITION_QC',
  'DATE_UPDATE',
  'DATA_CENTRE',
  'PI_NAME',
  'PLATFORM_TYPE',
  'WMO_INST_TYPE',
  'POSITIONING_SYSTEM',
  'VERTICAL_SAMPLING_SCHEME',
] as const;

/** A document has at most 16 MB, which is two million numbers; a file with twice as many cells to read holds no profile. */
const MOST_CELLS = 4_000_000;

/** Variables over these are arrays of single characters; over any other last dimension they are strings. */
const CHARACTER_DIMENSIONS: ReadonlySet<string> = new Set(['N_PROF', 'N_PARAM', 'N_LEVELS']);

/**
 * Takes the first profile out of an open file: first what describes it, then the measurements its modes call for. Two reads.
 * @param path relative to the mirror root; its prefix tells a synthetic file from a core file.
 * @throws {Failure} `unreadable_file`, or a rejection of what the file says about its parameters.
 */
export async function extractProfile(netcdf: NetcdfFile, path: string): Promise<ProfileFile> {
  if (netcdf.dimensions.get('N_PROF')?.size === 0) throw rejection('unreadable_file', path, 'holds no profile', 'at least one');
  const kind = parseProfilePath(path)?.prefix.startsWith('S') ? 'synthetic' : 'core';
  const head: ProfileFile = { path, kind, variables: await readVariables(netcdf, HEAD_VARIABLES) };
  const measured = await readVariables(
    netcdf,
    parametersOf(head).flatMap(({ values, flags }) => [values, flags]),
  );
  return { path, kind, variables: new Map([...head.variables, ...measured]) };
}

/** Reads what is there of these variables. */
async function readVariables(netcdf: NetcdfFile, names: readonly string[]): Promise<ReadonlyMap<string, ProfileVariable>> {
  const variables = names.map((name) => netcdf.variables.get(name)).filter((variable) => variable !== undefined);
  const cells = variables.reduce((sum, variable) => sum + cellsAsked(variable), 0);
  if (cells > MOST_CELLS) {
    const largest = variables.toSorted((a, b) => cellsAsked(b) - cellsAsked(a))[0];
    throw rejection(
      'unreadable_file',
      netcdf.path,
      `has ${cells} cells, most in ${largest?.name}`,
      `a profile, at most ${MOST_CELLS} cells`,
    );
  }
  const read = await netcdf.read(variables.map(requestOf));
  return new Map(variables.map((variable, at) => [variable.name, { ...shapeOf(variable), values: read[at] ?? [] }]));
}

const requestOf = ({ name, dimensions }: Variable): ReadRequest =>
  dimensions[0]?.name === 'N_PROF' ? { name, from: 0, count: 1 } : { name };

const cellsAsked = ({ dimensions }: Variable): number =>
  dimensions.reduce((cells, { name, size }, at) => (at === 0 && name === 'N_PROF' ? cells : cells * size), 1);

/** Attributes are decoded when asked for, and nobody asks for those of strings. */
function shapeOf(variable: Variable): Omit<ProfileVariable, 'values'> {
  const { type, dimensions } = variable;
  const last = dimensions.at(-1);
  if (type === 'char' && last !== undefined && !CHARACTER_DIMENSIONS.has(last.name))
    return { type, width: last.size, fill: null, units: null };
  const units = variable.attributes.get('units');
  return { type, width: 1, fill: variable.attributes.get('_FillValue') ?? null, units: typeof units === 'string' ? units : null };
}
