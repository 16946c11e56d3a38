import type { FileContent } from './content.ts';
import type { Defect, Prefix } from './history.ts';
import { compile, Draft, type Template } from './netcdf.ts';
import { floatFileSchema, type ProfileShape, profileSchema } from './schema.ts';
import type { Float } from './world.ts';

/** Templates made so far, newest last. A float's files share a handful of shapes, so few are needed at a time. */
const templates = new Map<string, Template>();
const TEMPLATES_KEPT = 200;

function templateOf(key: string, make: () => Template): Template {
  const kept = templates.get(key);
  if (kept !== undefined) return kept;
  const [oldest] = templates.keys();
  if (templates.size >= TEMPLATES_KEPT && oldest !== undefined) templates.delete(oldest);
  const made = make();
  templates.set(key, made);
  return made;
}

const SECONDS_PER_DAY = 86_400;
const PAGE =
  '<!DOCTYPE html>\n<html><head><title>503 Service Unavailable</title></head><body>The service is temporarily unavailable.</body></html>\n';

/** The bytes of one profile file, harmed if the profile is to be a defective one. */
export function profileBytes(float: Float, prefix: Prefix, content: FileContent, defect: Defect | null): Uint8Array {
  const harm = content.kind === 'core' ? defect : null;
  if (harm === 'empty') return new Uint8Array(0);
  if (harm === 'notNetcdf') return Buffer.from(PAGE, 'latin1');
  const bytes = draftOf(float, prefix, content).bytes;
  return harm === 'truncated' ? bytes.subarray(0, Math.floor(bytes.length * 0.7)) : bytes;
}

function draftOf(float: Float, prefix: Prefix, content: FileContent): Draft {
  const { kind, columns, profiles, hasPressure } = content;
  const shape: ProfileShape = {
    kind,
    isOld: float.isOld,
    institution: float.dac.toUpperCase(),
    parameters: columns.map(({ parameter }) => parameter),
    hasPressure,
    profiles,
    levels: columns[0]?.raw.length ?? 0,
    historyRecords: kind === 'synthetic' ? 0 : 2,
  };
  const key = [kind, float.isOld, float.dac, columns.length, shape.parameters.at(-1)?.name, hasPressure, profiles, shape.levels].join();
  const draft = new Draft(templateOf(key, () => compile(profileSchema(shape))));
  putGeneral(draft, float, prefix, content);
  for (let profile = 0; profile < profiles; profile += 1) putStation(draft, float, content, profile);
  for (const [index, column] of columns.entries()) {
    const { name } = column.parameter;
    for (let profile = 0; profile < profiles; profile += 1)
      draft.text('STATION_PARAMETERS', hasPressure || name !== 'PRES' ? name : '', profile * columns.length + index);
    draft.text('PARAMETER', name, index);
    draft.text('SCIENTIFIC_CALIB_COMMENT', column.mode === 'D' ? 'Adjusted by a fixed offset.' : '', index);
    draft.characters(`PROFILE_${name}_QC`, 'A');
    if (kind !== 'core') draft.characters('PARAMETER_DATA_MODE', column.mode, index);
    if (!hasPressure && name === 'PRES') continue;
    draft.numbers(name, column.raw);
    draft.characters(`${name}_QC`, column.rawFlags);
    draft.numbers(`${name}_ADJUSTED`, column.adjusted);
    draft.characters(`${name}_ADJUSTED_QC`, column.adjustedFlags);
    if (profiles === 2) putNearSurface(draft, name, shape.levels);
  }
  return draft;
}

function putGeneral(draft: Draft, float: Float, prefix: Prefix, { kind, dateUpdate }: FileContent): void {
  draft.text('DATA_TYPE', kind === 'synthetic' ? 'Argo synthetic profile' : kind === 'bio' ? 'B-Argo profile' : 'Argo profile');
  draft.text('FORMAT_VERSION', float.isOld ? '2.2' : kind === 'synthetic' ? '1.0' : '3.1');
  draft.text('HANDBOOK_VERSION', '1.2');
  draft.text('REFERENCE_DATE_TIME', '19500101000000');
  draft.text('DATE_CREATION', '20240101000000');
  draft.text('DATE_UPDATE', dateUpdate);
  if (kind === 'synthetic') return;
  for (const record of [0, 1]) {
    draft.text('HISTORY_INSTITUTION', float.dataCentre, 0, record);
    draft.text('HISTORY_STEP', record === 0 ? 'ARFM' : 'ARGQ', 0, record);
    draft.text('HISTORY_SOFTWARE', prefix, 0, record);
    draft.text('HISTORY_DATE', dateUpdate, 0, record);
    draft.text('HISTORY_ACTION', record === 0 ? 'IP' : 'QCP$', 0, record);
  }
}

function putStation(draft: Draft, float: Float, content: FileContent, profile: number): void {
  const encoding = float.textsAreUtf8 ? 'utf8' : 'latin1';
  draft.text('PLATFORM_NUMBER', float.wmo, profile);
  draft.text('PROJECT_NAME', 'Argo', profile);
  draft.text('PI_NAME', Buffer.from(content.programme, encoding), profile);
  if (content.cycle !== null) draft.numbers('CYCLE_NUMBER', [content.cycle], profile);
  draft.characters('DIRECTION', content.direction, profile);
  draft.text('DATA_CENTRE', float.dataCentre, profile);
  draft.text('DC_REFERENCE', `${float.wmo}-${content.cycle ?? ''}`, profile);
  draft.text('DATA_STATE_INDICATOR', '2B', profile);
  if (draft.has('DATA_MODE')) draft.characters('DATA_MODE', profile === 0 ? content.dataMode : 'R', profile);
  if (draft.has('PLATFORM_TYPE')) draft.text('PLATFORM_TYPE', float.model.platformType, profile);
  draft.text('FLOAT_SERIAL_NO', String(1000 + float.index), profile);
  draft.text('FIRMWARE_VERSION', '5900A04', profile);
  draft.text('WMO_INST_TYPE', content.instrumentType, profile);
  draft.text('POSITIONING_SYSTEM', float.model.positioning, profile);
  if (draft.has('VERTICAL_SAMPLING_SCHEME'))
    draft.text('VERTICAL_SAMPLING_SCHEME', profile === 0 ? float.model.scheme : 'Near-surface sampling: discrete, unpumped []', profile);
  draft.numbers('CONFIG_MISSION_NUMBER', [1], profile);
  draft.characters('JULD_QC', content.timeFlag, profile);
  if (content.seconds !== null) {
    draft.numbers('JULD', [content.seconds / SECONDS_PER_DAY + profile], profile);
    draft.numbers('JULD_LOCATION', [content.seconds / SECONDS_PER_DAY + profile], profile);
  }
  draft.characters('POSITION_QC', content.positionFlag, profile);
  if (content.position === null) return;
  draft.numbers('LATITUDE', [content.position.latitude / 1000], profile);
  draft.numbers('LONGITUDE', [content.position.longitude / 1000], profile);
}

const NEAR_SURFACE_LEVELS = 12;

/** A second profile of a file, of another sampling: what a loader shows when it reads the wrong one. */
function putNearSurface(draft: Draft, name: string, levels: number): void {
  const values = Float32Array.from({ length: NEAR_SURFACE_LEVELS }, (_, index) => (index + 1) / 2);
  draft.numbers(name, values, levels);
  draft.characters(`${name}_QC`, '1'.repeat(NEAR_SURFACE_LEVELS), levels);
}

/** `_meta.nc` and `_tech.nc`. */
export function floatBytes(float: Float, cycles: number, dateUpdate: string): Uint8Array {
  const draft = new Draft(templateOf(`float,${float.dac}`, () => compile(floatFileSchema(float.dac.toUpperCase()))));
  draft.text('DATA_TYPE', 'Argo meta-data');
  draft.text('DATE_UPDATE', dateUpdate);
  draft.text('PLATFORM_NUMBER', float.wmo);
  draft.text('PI_NAME', Buffer.from(float.programme, float.textsAreUtf8 ? 'utf8' : 'latin1'));
  draft.numbers('CYCLES', [cycles]);
  return draft.bytes;
}
