import type { DataMode } from './documents.ts';
import { flagKeyOf } from './keys.ts';
import { isMissing, type Numbers, numbersOf, numericFill, round6 } from './numbers.ts';
import type { Parameter } from './parameters.ts';
import { type ProfileFile, requireVariable } from './profile-file.ts';
import { rejection } from './rejections.ts';
import { characterFill, charactersOf, flagOf } from './text.ts';

/** What a file knows of one key, level by level as in the file. */
export interface Column {
  readonly unit: string | null;
  readonly mode: DataMode | null;
  /** The document's cell for one level of the file: rounded, a flag as a number, null for missing. */
  cell(level: number): number | null;
}

/** The measurements of one file. */
export interface FileLevels {
  readonly columns: ReadonlyMap<string, Column>;
  /** Mode of the pressure; an unknown one counts as real time. */
  readonly pressureMode: DataMode;
  readonly pressureUnit: string | null;
  /** Unrounded, ascending, without repeats. Empty when degenerate. */
  readonly pressures: readonly number[];
  /** The level in the file of each of `pressures`. */
  readonly levels: readonly number[];
  /** Two levels share one pressure: the file contributes its keys, but no level. */
  readonly isDegenerate: boolean;
  /** A pressure with a good flag lies below 2500 dbar. */
  readonly isDeep: boolean;
}

const DEEP_FROM_DBAR = 2500;
const GOOD_FLAGS: readonly (number | null)[] = [1, 2];

/**
 * Takes the levels of one file that have a pressure; nothing else is dropped.
 * @throws {Failure} `no_pressure_variable`, `missing_variable`: a variable that the parameters announce is not there.
 */
export function levelsOf(file: ProfileFile, parameters: readonly Parameter[]): FileLevels {
  const pres = parameters.find(({ name }) => name === 'PRES');
  const pressure = pres === undefined ? undefined : file.variables.get(pres.values);
  if (pres === undefined || pressure === undefined) {
    throw rejection('no_pressure_variable', file.path, `has no variable ${pres?.values ?? 'PRES'}`, 'a pressure for every level');
  }
  const values = numericCells(file, pres.values);
  const columns = new Map<string, Column>();
  for (const parameter of parameters) {
    columns.set(parameter.key, valueColumn(file, parameter, values.length));
    columns.set(flagKeyOf(parameter.key), flagColumn(file, parameter, values.length));
  }
  const flags = columns.get(flagKeyOf(pres.key));
  const fill = numericFill(pressure);
  return {
    columns,
    pressureMode: pres.mode ?? 'R',
    pressureUnit: pressure.units,
    isDeep: values.some(
      (value, level) => value > DEEP_FROM_DBAR && !isMissing(value, fill) && GOOD_FLAGS.includes(flags?.cell(level) ?? null),
    ),
    ...ascending(values, fill),
  };
}

/** The levels that have a pressure, shallowest first; none at all where two of them share one. */
function ascending(values: Numbers, fill: number | null): Pick<FileLevels, 'pressures' | 'levels' | 'isDegenerate'> {
  const levels: number[] = [];
  let isSorted = true;
  let last = Number.NEGATIVE_INFINITY;
  values.forEach((value, level) => {
    if (isMissing(value, fill)) return;
    if (levels.length > 0 && value <= last) isSorted = false;
    last = value;
    levels.push(level);
  });
  const at = (level: number): number => values[level] ?? Number.NaN;
  if (!isSorted) {
    if (new Set(levels.map(at)).size < levels.length) return { pressures: [], levels: [], isDegenerate: true };
    levels.sort((a, b) => at(a) - at(b));
  }
  return { pressures: levels.map(at), levels, isDegenerate: false };
}

function valueColumn(file: ProfileFile, { values: name, mode }: Parameter, count: number): Column {
  const variable = requireVariable(file, name);
  const values = numericCells(file, name);
  requireCount(file, name, values, count);
  const fill = numericFill(variable);
  const cell = (level: number): number | null => {
    const value = values[level] ?? Number.NaN;
    return isMissing(value, fill) ? null : round6(value);
  };
  return { unit: variable.units, mode, cell };
}

function flagColumn(file: ProfileFile, { flags: name }: Parameter, count: number): Column {
  const variable = requireVariable(file, name);
  const flags = charactersOf(variable);
  if (flags === null) throw rejection('missing_variable', file.path, `holds no characters in ${name}`, 'one flag a level');
  requireCount(file, name, flags, count);
  const fill = characterFill(variable);
  return { unit: null, mode: null, cell: (level) => flagOf(flags[level], fill) };
}

function numericCells(file: ProfileFile, name: string): Numbers {
  const numbers = numbersOf(requireVariable(file, name));
  if (numbers === null) throw rejection('missing_variable', file.path, `holds no numbers in ${name}`, 'one value a level');
  return numbers;
}

function requireCount(file: ProfileFile, name: string, cells: ArrayLike<unknown>, count: number): void {
  if (cells.length === count) return;
  throw rejection('missing_variable', file.path, `has ${cells.length} cells in ${name} for ${count} levels`, 'one cell a level');
}
