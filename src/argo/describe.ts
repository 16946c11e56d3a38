import type { ArgoMetaContent, DataWarning, Direction, ProfileFields } from './documents.ts';
import { parseProfilePath } from './names.ts';
import { firstNumber } from './numbers.ts';
import { positionOf } from './position.ts';
import { type ProfileFile, type ProfileVariable, requireVariable } from './profile-file.ts';
import { rejection } from './rejections.ts';
import { characterFill, charactersOf, firstString, flagOf } from './text.ts';
import { timeOfDateUpdate, timeOfJuld } from './time.ts';

/** What one file says of its profile and of the float, apart from the measurements. */
export interface Description {
  readonly profile: ProfileFields;
  readonly float: ArgoMetaContent;
  readonly updated: Date;
  readonly warnings: readonly DataWarning[];
}

export const DATA_TYPE = 'oceanicProfile';
export const INSTRUMENT = 'profiling_float';
export const fleetmonitoringOf = (platform: string): string => `https://fleetmonitoring.euro-argo.eu/float/${platform}`;
export const oceanopsOf = (platform: string): string => `https://www.ocean-ops.org/board/wa/Platform?ref=${platform}`;

/** The `_id` of a profile's document. */
export const profileId = (platform: string, cycle: number, direction: string): string =>
  `${platform}_${String(cycle).padStart(3, '0')}${direction === 'D' ? 'D' : ''}`;

/** Source: the collection's history; unknown flags are -1. */
const UNKNOWN_FLAG = -1;

/**
 * Reads the description of a file's first profile. Content decides, never the file name.
 * @throws {Failure} `missing_cycle_number`, `missing_variable`.
 */
export function describe(file: ProfileFile): Description {
  const platform = platformOf(file);
  const cycle = cycleOf(file);
  const direction = directionOf(file);
  const position = positionOf(firstNumber(requireVariable(file, 'LONGITUDE')), firstNumber(requireVariable(file, 'LATITUDE')));
  const juld = firstNumber(requireVariable(file, 'JULD'));
  const timestamp = juld === null ? null : timeOfJuld(juld);
  return {
    profile: {
      _id: profileId(platform, cycle, direction),
      geolocation: position.geolocation,
      basin: position.basin,
      timestamp,
      cycle_number: cycle,
      profile_direction: direction,
      ...present('geolocation_argoqc', flagIn(file, 'POSITION_QC')),
      ...present('timestamp_argoqc', flagIn(file, 'JULD_QC')),
      ...present('vertical_sampling_scheme', stripped(file, 'VERTICAL_SAMPLING_SCHEME')),
    },
    float: {
      data_type: DATA_TYPE,
      ...present('data_center', firstString(file.variables.get('DATA_CENTRE'))),
      instrument: INSTRUMENT,
      ...present('pi_name', stripped(file, 'PI_NAME')?.split(',')),
      platform,
      ...present('platform_type', stripped(file, 'PLATFORM_TYPE')),
      fleetmonitoring: fleetmonitoringOf(platform),
      oceanops: oceanopsOf(platform),
      ...present('positioning_system', stripped(file, 'POSITIONING_SYSTEM')),
      ...present('wmo_inst_type', stripped(file, 'WMO_INST_TYPE')),
    },
    updated: dateUpdateOf(file),
    warnings: timestamp === null ? [...position.warnings, 'missing_timestamp'] : position.warnings,
  };
}

/** It becomes part of ids and addresses. WMO numbers have 5 to 7 digits; a few old files add a letter. */
const PLATFORM = /^[A-Za-z0-9_-]{1,16}$/;

function platformOf(file: ProfileFile): string {
  const platform = firstString(requireVariable(file, 'PLATFORM_NUMBER'))?.trim() ?? '';
  if (PLATFORM.test(platform)) return platform;
  const what = platform === '' ? 'has a blank PLATFORM_NUMBER' : `has the PLATFORM_NUMBER "${platform}"`;
  throw rejection('missing_variable', file.path, what, 'the number of the float');
}

function cycleOf(file: ProfileFile): number {
  const cycle = firstNumber(requireVariable(file, 'CYCLE_NUMBER'));
  if (cycle !== null && Number.isInteger(cycle) && cycle >= 0) return cycle;
  throw rejection(
    'missing_cycle_number',
    file.path,
    `has ${cycle === null ? 'no CYCLE_NUMBER' : `the CYCLE_NUMBER ${cycle}`}`,
    'a cycle from 0 on',
  );
}

/** A or D as the variable says; where it says neither, the file name does. */
export function directionOf({ path, variables }: ProfileFile): Direction {
  const letter = firstString(variables.get('DIRECTION'))?.slice(0, 1);
  if (letter === 'A' || letter === 'D') return letter;
  return parseProfilePath(path)?.number.endsWith('D') ? 'D' : 'A';
}

function dateUpdateOf(file: ProfileFile): Date {
  const text = firstString(requireVariable(file, 'DATE_UPDATE')) ?? '';
  const time = timeOfDateUpdate(text);
  if (time === null) throw rejection('missing_variable', file.path, `has the DATE_UPDATE "${text}"`, '14 digits, YYYYMMDDHHMMSS');
  return time;
}

/** A flag that stands once for the profile, `UNKNOWN_FLAG` where it is blank or no digit; undefined where the file has no such variable. */
export function flagIn({ variables }: ProfileFile, name: string): number | undefined {
  const variable: ProfileVariable | undefined = variables.get(name);
  return variable === undefined ? undefined : (flagOf(charactersOf(variable)?.[0], characterFill(variable)) ?? UNKNOWN_FLAG);
}

/** A text without the white space around it; undefined where the file has no such variable. */
export const stripped = ({ variables }: ProfileFile, name: string): string | undefined => firstString(variables.get(name))?.trim();

/** A field that is left out when there is nothing to say. */
function present<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  const field: { [P in K]?: V } = {};
  if (value !== undefined) field[key] = value;
  return field;
}
