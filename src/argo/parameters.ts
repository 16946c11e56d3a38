import type { DataMode } from './documents.ts';
import { keyOf } from './keys.ts';
import { type ProfileFile, requireVariable } from './profile-file.ts';
import { rejection } from './rejections.ts';
import { charactersOf, firstString, stringsOf } from './text.ts';

/** One measured quantity of a file: which of its variables are used, and under which key. */
export interface Parameter {
  readonly name: string;
  readonly key: string;
  readonly values: string;
  readonly flags: string;
  readonly mode: DataMode | null;
}

const CORE_NAMES = ['PRES', 'TEMP', 'PSAL'] as const;

/**
 * The parameters that a file contributes, from its modes and its list of parameters alone; PRES is among them.
 * @throws {Failure} `bad_data_mode`, `no_pressure_variable`, `missing_variable`.
 */
export function parametersOf(file: ProfileFile): readonly Parameter[] {
  const parameters = file.kind === 'core' ? coreParameters(file) : syntheticParameters(file);
  if (!parameters.some(({ name }) => name === 'PRES')) {
    throw rejection('no_pressure_variable', file.path, 'does not name PRES among its STATION_PARAMETERS', 'a pressure for every level');
  }
  return parameters;
}

/** PRES, TEMP and PSAL where announced, all in the mode of the file; everything else in a core file is left alone. */
function coreParameters(file: ProfileFile): readonly Parameter[] {
  const mode = firstString(file.variables.get('DATA_MODE'))?.slice(0, 1) ?? '';
  if (!isMode(mode)) throw rejection('bad_data_mode', file.path, `has the DATA_MODE "${mode}"`, 'R, A or D');
  const announced = new Set(stationParameters(file));
  return CORE_NAMES.filter((name) => announced.has(name)).map((name) => parameter(name, mode, file.kind));
}

/** Every named parameter in its own mode. Without a known mode the raw values are taken. */
function syntheticParameters(file: ProfileFile): readonly Parameter[] {
  const modes = charactersOf(requireVariable(file, 'PARAMETER_DATA_MODE')) ?? new Uint8Array();
  const byKey = new Map<string, Parameter>();
  stationParameters(file).forEach((name, at) => {
    if (name === '') return;
    const letter = String.fromCharCode(modes[at] ?? 0);
    const mode = isMode(letter) ? letter : null;
    const found = parameter(name, mode, file.kind);
    byKey.set(found.key, found);
  });
  return [...byKey.values()];
}

function stationParameters(file: ProfileFile): readonly string[] {
  const names = stringsOf(requireVariable(file, 'STATION_PARAMETERS'));
  if (names === null) throw rejection('missing_variable', file.path, 'holds no text in STATION_PARAMETERS', 'names of parameters');
  return names.map((name) => name.trim());
}

function parameter(name: string, mode: DataMode | null, kind: ProfileFile['kind']): Parameter {
  const values = mode === 'A' || mode === 'D' ? `${name}_ADJUSTED` : name;
  return { name, key: keyOf(name, kind), values, flags: `${values}_QC`, mode };
}

const isMode = (text: string): text is DataMode => text === 'R' || text === 'A' || text === 'D';
