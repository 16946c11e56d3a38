import { isDeepStrictEqual } from 'node:util';
import { DATA_TYPE, directionOf, flagIn, fleetmonitoringOf, INSTRUMENT, oceanopsOf, profileId, stripped } from '../describe.ts';
import { firstNumber } from '../numbers.ts';
import { positionOf } from '../position.ts';
import type { ProfileFile } from '../profile-file.ts';
import { firstString } from '../text.ts';
import { timeOfJuld } from '../time.ts';
import { type Finding, type FindingCode, shownValue } from './findings.ts';
import { mismatchesOf, type StoredDocument, type StoredPair, warningsOf } from './stored.ts';

/** A float's clock may round by this much. Source: the collection's published checker. */
const CLOCK_MS = 1;

/**
 * Compares everything but the measurements of one file with a document, in the order of the published checker. Reads each variable by
 * itself, so that a file which lacks one is compared in all others.
 */
export function compareFields(file: ProfileFile, { profile, metadata }: StoredPair): readonly Finding[] {
  const float = metadata ?? {};
  const findings: Finding[] = [];
  const say = (code: FindingCode, field: string, stored: unknown, upstream: unknown): void => {
    findings.push({ code, path: file.path, field, pressure: null, stored: shownValue(stored), upstream: shownValue(upstream) });
  };
  const storedIn = (document: StoredDocument) => (field: string) => storedFor(file, profile, document, field);
  const inProfile = storedIn(profile);
  const inFloat = storedIn(float);
  /** `upstream` undefined: the file has no such variable, and nothing is compared. */
  const same = (code: FindingCode, field: string, stored: unknown, upstream: unknown): void => {
    if (upstream !== undefined && !isDeepStrictEqual(stored, upstream)) say(code, field, stored, upstream);
  };
  const number = (name: string): number | null => numberIn(file, name);

  same('platform_mismatch', 'platform', inFloat('platform'), firstString(file.variables.get('PLATFORM_NUMBER'))?.trim() ?? null);
  same('cycle_number_mismatch', 'cycle_number', inProfile('cycle_number'), number('CYCLE_NUMBER'));
  same('profile_direction_mismatch', 'profile_direction', inProfile('profile_direction'), directionOf(file));
  same('id_mangled', '_id', profile._id, idFrom(profile, float));
  const position = positionOf(number('LONGITUDE'), number('LATITUDE'));
  if (!warningsOf(profile).has('missing_location')) same('basin_mismatch', 'basin', inProfile('basin'), position.basin);
  same('data_type_mismatch', 'data_type', float.data_type, DATA_TYPE);
  same('instrument_mismatch', 'instrument', float.instrument, INSTRUMENT);
  same('fleetmonitoring_mismatch', 'fleetmonitoring', float.fleetmonitoring, fleetmonitoringOf(String(float.platform)));
  same('oceanops_mismatch', 'oceanops', float.oceanops, oceanopsOf(String(float.platform)));
  same('geolocation_mismatch', 'geolocation', inProfile('geolocation'), position.geolocation);
  same('data_center_mismatch', 'data_center', inFloat('data_center'), firstString(file.variables.get('DATA_CENTRE')));
  same('pi_name_mismatch', 'pi_name', inFloat('pi_name'), stripped(file, 'PI_NAME')?.split(','));
  same('platform_type_mismatch', 'platform_type', inFloat('platform_type'), stripped(file, 'PLATFORM_TYPE'));
  same('positioning_system_mismatch', 'positioning_system', inFloat('positioning_system'), stripped(file, 'POSITIONING_SYSTEM'));
  same('wmo_inst_type_mismatch', 'wmo_inst_type', inFloat('wmo_inst_type'), stripped(file, 'WMO_INST_TYPE'));
  const scheme = stripped(file, 'VERTICAL_SAMPLING_SCHEME');
  same('vertical_sampling_scheme_mismatch', 'vertical_sampling_scheme', inProfile('vertical_sampling_scheme'), scheme);
  same('geolocation_argoqc_mismatch', 'geolocation_argoqc', inProfile('geolocation_argoqc'), flagIn(file, 'POSITION_QC'));
  same('timestamp_argoqc_mismatch', 'timestamp_argoqc', inProfile('timestamp_argoqc'), flagIn(file, 'JULD_QC'));
  const juld = number('JULD');
  const time = juld === null ? null : timeOfJuld(juld);
  const storedTime = inProfile('timestamp') ?? null;
  if (time === null && !warningsOf(profile).has('missing_timestamp'))
    say('missing_timestamp_not_flagged', 'data_warning', storedTime, null);
  else if (!isSameTime(storedTime, time)) say('timestamp_mismatch', 'timestamp', storedTime, time);
  const loaded = profile.date_updated_argovis ?? null;
  if (loaded === null) say('date_updated_absent', 'date_updated_argovis', null, null);
  return findings;
}

/** What the document says of a field, for this file: where the two files of a profile disagree the document keeps both values. */
function storedFor({ kind }: ProfileFile, profile: StoredDocument, document: StoredDocument, field: string): unknown {
  const mismatches = kind === 'synthetic' ? mismatchesOf(profile) : {};
  return Object.hasOwn(mismatches, field) ? mismatches[field] : document[field];
}

const idFrom = ({ cycle_number, profile_direction }: StoredDocument, { platform }: StoredDocument): string =>
  profileId(String(platform), Number(cycle_number), String(profile_direction));

function isSameTime(stored: unknown, upstream: Date | null): boolean {
  if (upstream === null || !(stored instanceof Date)) return upstream === stored;
  return Math.abs(stored.getTime() - upstream.getTime()) <= CLOCK_MS;
}

function numberIn({ variables }: ProfileFile, name: string): number | null {
  const variable = variables.get(name);
  return variable === undefined ? null : firstNumber(variable);
}
