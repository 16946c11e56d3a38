import type { StreamKind } from './stream.ts';

export type NumberType = '<f4' | '<f8' | '|i1' | '<i2' | '<i4' | '|u1' | '<u2' | '<u4';

interface Common {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface NumberColumn extends Common {
  readonly kind: 'number';
  readonly type: NumberType;
  readonly fill: number | null;
  /** The dimension behind `obs`. */
  readonly inner: { readonly name: string; readonly size: number } | null;
  /** Values are `base + step * whole number`. */
  readonly base: number;
  readonly step: number;
  /** What it is; `own`: a number that says nothing. */
  readonly role: 'time' | 'deployment' | 'own' | 'flag' | 'constant';
}

export interface TextColumn extends Common {
  readonly kind: 'text';
  /** `char`: NC_CHAR with a string dimension of that width; `string`: NC_STRING. */
  readonly form: { readonly kind: 'char'; readonly width: number } | { readonly kind: 'string' };
  readonly fill: 'e' | null;
  /** Texts it takes in turn; of `*_qartod_executed` as many digits as there are tests. */
  readonly texts: readonly string[];
}

export type Column = NumberColumn | TextColumn;

const number = (name: string, type: NumberType, fill: number | null, more: Partial<NumberColumn> = {}): NumberColumn => ({
  kind: 'number',
  name,
  type,
  fill,
  inner: null,
  base: 10,
  step: type.includes('f') ? 1 / 64 : 1,
  role: 'own',
  attributes: { units: '1', long_name: name.replaceAll('_', ' ') },
  ...more,
});

const flags = (name: string, inner: NumberColumn['inner'] = null): NumberColumn =>
  number(name, '|u1', null, {
    role: 'flag',
    inner,
    attributes: { flag_meanings: 'pass not_evaluated suspect_or_of_high_interest fail missing_data' },
  });

const executed = (name: string, tests: readonly string[]): TextColumn => ({
  kind: 'text',
  name,
  form: { kind: 'string' },
  fill: null,
  texts: tests.length === 1 ? ['1', '1', '3', '4', ''] : ['11', '13', '41', '', '12'],
  attributes: { tests_executed: tests.join(', ') },
});

const char = (name: string, width: number, texts: readonly string[]): TextColumn => ({
  kind: 'text',
  name,
  form: { kind: 'char', width },
  fill: 'e',
  texts,
  attributes: { units: '1' },
});

/** `base`: seconds since 1970 that times count from; 0: since 1900, as they should. */
const TIME = number('time', '<f8', -9999999, {
  role: 'time',
  base: 0,
  attributes: { units: 'seconds since 1900-01-01 0:0:0', standard_name: 'time', long_name: 'time', axis: 'T', calendar: 'gregorian' },
});
const DEPLOYMENT = number('deployment', '<i4', null, { role: 'deployment', attributes: { name: 'deployment' } });
const DEPTH = number('depth', '<f8', Number.NaN, { role: 'constant', base: 80.5, attributes: { units: 'm', positive: 'down', axis: 'Z' } });

const ONE_TEST = ['gross_range_test'];
const TWO_TESTS = ['gross_range_test', 'climatology_test'];

/** The variables of a file: those of the first deployment are the oldest; with later ones some come, some go, types and fills change. */
export function columnsOf(kind: StreamKind, deployment: number, wavelengths: number): readonly Column[] {
  return [TIME, DEPLOYMENT, ...OF_KIND[kind](deployment > 1, { name: 'wavelength', size: wavelengths }, deployment)];
}

type Inner = { readonly name: string; readonly size: number };

const OF_KIND: Readonly<Record<StreamKind, (isLater: boolean, inner: Inner, deployment: number) => readonly Column[]>> = {
  ctd: (isLater, _, deployment) => [
    char('preferred_timestamp', isLater ? 18 : 14, [isLater ? 'internal_timestamp' : 'port_timestamp']),
    number('internal_timestamp', '<f8', -9999999, { base: 3.9e9 }),
    number('temperature', '<i4', -9999999, { base: 300_000 }),
    number('pressure_temp', '<u2', 65_535),
    number('sea_water_temperature', '<f4', deployment % 2 === 0 ? Number.NaN : -9999999, {
      attributes: { units: 'ºC', standard_name: 'sea_water_temperature' },
    }),
    number('sea_water_density', isLater ? '<f8' : '<f4', isLater ? Number.NaN : -9999999, { base: 1020, attributes: { units: 'kg m-3' } }),
    number('sea_water_temperature_qc_executed', '|u1', null, { role: 'flag' }),
    number('sea_water_temperature_qc_results', '|u1', null, { role: 'flag' }),
    flags('sea_water_temperature_qartod_results'),
    executed('sea_water_temperature_qartod_executed', isLater ? TWO_TESTS : ONE_TEST),
    DEPTH,
    ...(isLater
      ? [
          number('corrected_dissolved_oxygen', '<f8', Number.NaN, { base: 250, attributes: { units: 'µmol kg-1' } }),
          flags('corrected_dissolved_oxygen_qartod_results'),
          executed('corrected_dissolved_oxygen_qartod_executed', ONE_TEST),
        ]
      : [number('pressure_depth', '<f4', -9999999, { base: 80 })]),
  ],
  optaa: (isLater, inner) => [
    number('lat', '<f8', null, { role: 'constant', base: 44.36943, attributes: { units: 'degrees_north' } }),
    number('lon', '<f8', null, { role: 'constant', base: -124.95639, attributes: { units: 'degrees_east' } }),
    DEPTH,
    number('elapsed_run_time', '<u4', 4_294_967_295, { base: 4_000_000_000 }),
    number('num_wavelengths', '|u1', 255, { role: 'constant', base: inner.size }),
    number('a_signal_counts', '<u2', 65_535, { inner, base: 300 }),
    number('optical_absorption', '<f8', isLater ? Number.NaN : -9999999, { inner, attributes: { units: 'm-1' } }),
    char('serial_number', 8, ['ACS-0169']),
    ...(isLater ? [flags('optical_absorption_qartod_results', inner)] : []),
  ],
  nutnr: (isLater, inner) => [
    number('nitrate_concentration', '<f8', -9999999, { attributes: { units: 'µMol L-1' } }),
    number('spectral_channels', '<u2', 65_535, { inner, base: 500 }),
    number('aux_fitting', '<u4', 0, { base: 70_000 }),
    number('lamp_state', isLater ? '<i2' : '<u2', isLater ? -9999 : 65_535, { base: 3 }),
    number('dark_value', isLater ? '<f4' : '<i2', isLater ? Number.NaN : -9999),
    number('aux_counts', isLater ? '<f4' : '<i4', isLater ? -9999999 : -9, { base: 100 }),
    number('led_power', '|i1', -9, { base: -3 }),
    char('frame_type', isLater ? 4 : 3, isLater ? ['SLB', 'SDB', 'SLBX', 'e'] : ['SLB', 'SDB', 'e']),
    flags('nitrate_concentration_qartod_results'),
    executed('nitrate_concentration_qartod_executed', isLater ? TWO_TESTS : ONE_TEST),
    DEPTH,
    ...(isLater ? [number('salinity_corrected_nitrate', '<f8', Number.NaN)] : [char('date_time_string', 12, ['2025-001 000'])]),
  ],
};
