import type { Parameter } from './catalog.ts';
import type { AttributeSpec, FieldType, NumberAttribute, Schema, VariableSpec } from './netcdf.ts';

/** What decides the size and the header of a profile file. */
export interface ProfileShape {
  readonly kind: 'core' | 'bio' | 'synthetic';
  /** Format 2.2 instead of 3.1 (core files only). */
  readonly isOld: boolean;
  readonly institution: string;
  readonly parameters: readonly Parameter[];
  /** PRES can be left out of a damaged file. */
  readonly hasPressure: boolean;
  readonly profiles: number;
  readonly levels: number;
  readonly historyRecords: number;
}

const BLANK = 32;
const FLOAT_FILL = 99_999;
const floats = (...values: readonly number[]): NumberAttribute => ({ type: 'float', values });
const doubles = (...values: readonly number[]): NumberAttribute => ({ type: 'double', values });
const ints = (...values: readonly number[]): NumberAttribute => ({ type: 'int', values });

const text = (name: string, dimensions: readonly string[], longName: string, conventions?: string): VariableSpec => ({
  name,
  type: 'char',
  dimensions,
  fill: BLANK,
  attributes: [
    ['long_name', longName],
    ...(conventions === undefined ? [] : ([['conventions', conventions]] as const)),
    ['_FillValue', ' '],
  ],
});

const number = (
  name: string,
  type: FieldType,
  dimensions: readonly string[],
  fill: number,
  attributes: readonly AttributeSpec[],
): VariableSpec => ({
  name,
  type,
  dimensions,
  fill,
  attributes,
});

/** The variables of an Argo profile file, in the order of the user's manual (format 3.1; 2.2 has fewer). */
export function profileSchema(shape: ProfileShape): Schema {
  const nameWidth = shape.kind === 'core' ? 'STRING16' : 'STRING64';
  const isSynthetic = shape.kind === 'synthetic';
  return {
    dimensions: dimensionsOf(shape),
    attributes: globalAttributes(shape),
    records: shape.historyRecords,
    variables: [
      ...general(isSynthetic),
      ...station(shape, nameWidth),
      ...position(shape),
      ...shape.parameters.map(({ name }) =>
        text(`PROFILE_${name}_QC`, ['N_PROF'], `Global quality flag of ${name} profile`, 'Argo reference table 2a'),
      ),
      ...shape.parameters.filter(({ name }) => shape.hasPressure || name !== 'PRES').flatMap((parameter) => measured(parameter)),
      ...calibration(nameWidth),
      ...(isSynthetic ? [] : history(nameWidth)),
    ],
  };
}

function dimensionsOf({ profiles, parameters, levels, kind }: ProfileShape): ReadonlyMap<string, number> {
  return new Map([
    ['DATE_TIME', 14],
    ...[256, 64, 32, 16, 8, 4, 2].map((width): [string, number] => [`STRING${width}`, width]),
    ['N_PROF', profiles],
    ['N_PARAM', parameters.length],
    ['N_LEVELS', levels],
    ['N_CALIB', 1],
    ...(kind === 'synthetic' ? [] : [['N_HISTORY', 0] as const]),
  ]);
}

function globalAttributes({ institution, isOld, kind }: ProfileShape): readonly AttributeSpec[] {
  const version = kind === 'synthetic' ? '1.0' : '3.1';
  if (isOld) return [['title', 'Argo float vertical profile']];
  return [
    ['title', 'Argo float vertical profile'],
    ['institution', institution],
    ['source', 'Argo float'],
    ['history', '2024-01-01T00:00:00Z creation; 2024-01-01T00:00:00Z last update (made by a generator, not by a float)'],
    ['references', 'http://www.argodatamgt.org/Documentation'],
    ['user_manual_version', version],
    ['Conventions', 'Argo-3.1 CF-1.6'],
    ['featureType', 'trajectoryProfile'],
  ];
}

const general = (isSynthetic: boolean): readonly VariableSpec[] => [
  text('DATA_TYPE', [isSynthetic ? 'STRING32' : 'STRING16'], 'Data type', 'Argo reference table 1'),
  text('FORMAT_VERSION', ['STRING4'], 'File format version'),
  text('HANDBOOK_VERSION', ['STRING4'], 'Data handbook version'),
  text('REFERENCE_DATE_TIME', ['DATE_TIME'], 'Date of reference for Julian days', 'YYYYMMDDHHMISS'),
  text('DATE_CREATION', ['DATE_TIME'], 'Date of file creation', 'YYYYMMDDHHMISS'),
  text('DATE_UPDATE', ['DATE_TIME'], 'Date of update of this file', 'YYYYMMDDHHMISS'),
];

function station({ kind, isOld }: ProfileShape, nameWidth: string): readonly VariableSpec[] {
  const modes = text(
    'PARAMETER_DATA_MODE',
    ['N_PROF', 'N_PARAM'],
    'Delayed mode or real time data',
    'R : real time; D : delayed mode; A : real time with adjustment',
  );
  const mode = text(
    'DATA_MODE',
    ['N_PROF'],
    'Delayed mode or real time data',
    'R : real time; D : delayed mode; A : real time with adjustment',
  );
  return [
    text('PLATFORM_NUMBER', ['N_PROF', 'STRING8'], 'Float unique identifier', 'WMO float identifier : A9IIIII'),
    text('PROJECT_NAME', ['N_PROF', 'STRING64'], 'Name of the project'),
    text('PI_NAME', ['N_PROF', 'STRING64'], 'Name of the principal investigator'),
    text('STATION_PARAMETERS', ['N_PROF', 'N_PARAM', nameWidth], 'List of available parameters for the station', 'Argo reference table 3'),
    number('CYCLE_NUMBER', 'int', ['N_PROF'], FLOAT_FILL, [
      ['long_name', 'Float cycle number'],
      ['conventions', '0...N, 0 : launch cycle (if exists), 1 : first complete cycle'],
      ['_FillValue', ints(FLOAT_FILL)],
    ]),
    text('DIRECTION', ['N_PROF'], 'Direction of the station profiles', 'A: ascending profiles, D: descending profiles'),
    text('DATA_CENTRE', ['N_PROF', 'STRING2'], 'Data centre in charge of float data processing', 'Argo reference table 4'),
    text('DC_REFERENCE', ['N_PROF', 'STRING32'], 'Station unique identifier in data centre', 'Data centre convention'),
    text('DATA_STATE_INDICATOR', ['N_PROF', 'STRING4'], 'Degree of processing the data have passed through', 'Argo reference table 6'),
    ...(kind === 'core' ? [mode] : kind === 'bio' ? [mode, modes] : [modes]),
    ...(isOld ? [] : [text('PLATFORM_TYPE', ['N_PROF', 'STRING32'], 'Type of float', 'Argo reference table 23')]),
    text('FLOAT_SERIAL_NO', ['N_PROF', 'STRING32'], 'Serial number of the float'),
    text('FIRMWARE_VERSION', ['N_PROF', 'STRING32'], 'Instrument firmware version'),
    text('WMO_INST_TYPE', ['N_PROF', 'STRING4'], 'Coded instrument type', 'Argo reference table 8'),
  ];
}

const DAYS = 'days since 1950-01-01 00:00:00 UTC';

const position = ({ kind, isOld }: ProfileShape): readonly VariableSpec[] => [
  number('JULD', 'double', ['N_PROF'], 999_999, [
    ['long_name', 'Julian day (UTC) of the station relative to REFERENCE_DATE_TIME'],
    ['standard_name', 'time'],
    ['units', DAYS],
    ['conventions', 'Relative julian days with decimal part (as parts of day)'],
    ['resolution', doubles(0.000011574074074074073)],
    ['_FillValue', doubles(999_999)],
    ['axis', 'T'],
  ]),
  text('JULD_QC', ['N_PROF'], 'Quality on date and time', 'Argo reference table 2'),
  number('JULD_LOCATION', 'double', ['N_PROF'], 999_999, [
    ['long_name', 'Julian day (UTC) of the location relative to REFERENCE_DATE_TIME'],
    ['units', DAYS],
    ['_FillValue', doubles(999_999)],
  ]),
  degrees('LATITUDE', 'Latitude of the station, best estimate', 'degree_north', 90, 'Y'),
  degrees('LONGITUDE', 'Longitude of the station, best estimate', 'degree_east', 180, 'X'),
  text('POSITION_QC', ['N_PROF'], 'Quality on position (latitude and longitude)', 'Argo reference table 2'),
  text('POSITIONING_SYSTEM', ['N_PROF', 'STRING8'], 'Positioning system'),
  ...(kind === 'synthetic' || isOld
    ? []
    : [text('VERTICAL_SAMPLING_SCHEME', ['N_PROF', 'STRING256'], 'Vertical sampling scheme', 'Argo reference table 16')]),
  number('CONFIG_MISSION_NUMBER', 'int', ['N_PROF'], FLOAT_FILL, [
    ['long_name', 'Unique number denoting the missions performed by the float'],
    ['conventions', '1...N, 1 : first complete mission'],
    ['_FillValue', ints(FLOAT_FILL)],
  ]),
];

const degrees = (name: string, longName: string, units: string, limit: number, axis: string): VariableSpec =>
  number(name, 'double', ['N_PROF'], FLOAT_FILL, [
    ['long_name', longName],
    ['standard_name', name.toLowerCase()],
    ['units', units],
    ['_FillValue', doubles(FLOAT_FILL)],
    ['valid_min', doubles(-limit)],
    ['valid_max', doubles(limit)],
    ['axis', axis],
  ]);

function measured({ name, longName, standardName, units, scale, validMin, validMax }: Parameter): readonly VariableSpec[] {
  const shape = ['N_PROF', 'N_LEVELS'];
  const form = [
    ['C_format', '%9.3f'],
    ['FORTRAN_format', 'F9.3'],
    ['resolution', floats(1 / scale)],
  ] as const;
  const values = (suffix: string): VariableSpec =>
    number(`${name}${suffix}`, 'float', shape, FLOAT_FILL, [
      ['long_name', longName],
      ['standard_name', standardName],
      ['_FillValue', floats(FLOAT_FILL)],
      ['units', units],
      ['valid_min', floats(validMin)],
      ['valid_max', floats(validMax)],
      ...form,
    ]);
  const flags = (suffix: string): VariableSpec => text(`${name}${suffix}_QC`, shape, 'quality flag', 'Argo reference table 2');
  const error = number(`${name}_ADJUSTED_ERROR`, 'float', shape, FLOAT_FILL, [
    ['long_name', 'Contains the error on the adjusted values as determined by the delayed mode QC process'],
    ['_FillValue', floats(FLOAT_FILL)],
    ['units', units],
    ...form,
  ]);
  return [values(''), flags(''), values('_ADJUSTED'), flags('_ADJUSTED'), error];
}

function calibration(nameWidth: string): readonly VariableSpec[] {
  const shape = ['N_PROF', 'N_CALIB', 'N_PARAM'];
  return [
    text('PARAMETER', [...shape, nameWidth], 'List of parameters with calibration information', 'Argo reference table 3'),
    text('SCIENTIFIC_CALIB_EQUATION', [...shape, 'STRING256'], 'Calibration equation for this parameter'),
    text('SCIENTIFIC_CALIB_COEFFICIENT', [...shape, 'STRING256'], 'Calibration coefficients for this equation'),
    text('SCIENTIFIC_CALIB_COMMENT', [...shape, 'STRING256'], 'Comment applying to this parameter calibration'),
    text('SCIENTIFIC_CALIB_DATE', [...shape, 'DATE_TIME'], 'Date of calibration', 'YYYYMMDDHHMISS'),
  ];
}

function history(nameWidth: string): readonly VariableSpec[] {
  const shape = ['N_HISTORY', 'N_PROF'];
  const pressure = (name: string, longName: string): VariableSpec =>
    number(name, 'float', shape, FLOAT_FILL, [
      ['long_name', longName],
      ['_FillValue', floats(FLOAT_FILL)],
      ['units', 'decibar'],
    ]);
  return [
    text('HISTORY_INSTITUTION', [...shape, 'STRING4'], 'Institution which performed action', 'Argo reference table 4'),
    text('HISTORY_STEP', [...shape, 'STRING4'], 'Step in data processing', 'Argo reference table 12'),
    text('HISTORY_SOFTWARE', [...shape, 'STRING4'], 'Name of software which performed action', 'Institution dependent'),
    text('HISTORY_SOFTWARE_RELEASE', [...shape, 'STRING4'], 'Version/release of software which performed action', 'Institution dependent'),
    text('HISTORY_REFERENCE', [...shape, 'STRING64'], 'Reference of database', 'Institution dependent'),
    text('HISTORY_DATE', [...shape, 'DATE_TIME'], 'Date the history record was created', 'YYYYMMDDHHMISS'),
    text('HISTORY_ACTION', [...shape, 'STRING4'], 'Action performed on data', 'Argo reference table 7'),
    text('HISTORY_PARAMETER', [...shape, nameWidth], 'Station parameter action is performed on', 'Argo reference table 3'),
    pressure('HISTORY_START_PRES', 'Start pressure action applied on'),
    pressure('HISTORY_STOP_PRES', 'Stop pressure action applied on'),
    number('HISTORY_PREVIOUS_VALUE', 'float', shape, FLOAT_FILL, [
      ['long_name', 'Parameter/Flag previous value before action'],
      ['_FillValue', floats(FLOAT_FILL)],
    ]),
    text('HISTORY_QCTEST', [...shape, 'STRING16'], 'Documentation of tests performed, tests failed (in hex form)'),
  ];
}

/** The float's own files (`_meta.nc`, `_tech.nc`): nobody loads them, so they are short. */
export const floatFileSchema = (institution: string): Schema => ({
  dimensions: new Map([
    ['DATE_TIME', 14],
    ['STRING256', 256],
    ['STRING64', 64],
    ['STRING32', 32],
    ['STRING8', 8],
    ['N_CYCLES', 1],
  ]),
  attributes: [
    ['title', 'Argo float metadata file'],
    ['institution', institution],
  ],
  records: 0,
  variables: [
    text('DATA_TYPE', ['STRING32'], 'Data type'),
    text('DATE_UPDATE', ['DATE_TIME'], 'Date of update of this file', 'YYYYMMDDHHMISS'),
    text('PLATFORM_NUMBER', ['STRING8'], 'Float unique identifier', 'WMO float identifier : A9IIIII'),
    text('PI_NAME', ['STRING64'], 'Name of the principal investigator'),
    number('CYCLES', 'int', ['N_CYCLES'], FLOAT_FILL, [['long_name', 'Number of cycles made']]),
  ],
});
