/** Parameter names of the files and keys of the documents. Source: Argo user's manual, reference table 3, and the collection's history. */

const RENAMED: ReadonlyMap<string, string> = new Map([
  ['PRES', 'pressure'],
  ['TEMP', 'temperature'],
  ['PSAL', 'salinity'],
]);

const LOWERED: ReadonlySet<string> = new Set(
  [
    'BBP470 BBP532 BBP700 BBP700_2 BISULFIDE CDOM CHLA CHLA_FLUORESCENCE CNDC CNDX CP660',
    'DOWN_IRRADIANCE380 DOWN_IRRADIANCE412 DOWN_IRRADIANCE442 DOWN_IRRADIANCE443 DOWN_IRRADIANCE490',
    'DOWN_IRRADIANCE555 DOWN_IRRADIANCE665 DOWN_IRRADIANCE670 DOWNWELLING_PAR',
    'DOXY DOXY2 DOXY3 MOLAR_DOXY NITRATE PH_IN_SITU_TOTAL TURBIDITY',
    'UP_RADIANCE412 UP_RADIANCE443 UP_RADIANCE490 UP_RADIANCE555',
  ].flatMap((line) => line.split(' ')),
);

/** These stand in the synthetic file and in the core file; the suffix keeps the two apart. */
const KEPT_APART: ReadonlySet<string> = new Set(['temperature', 'salinity']);

export const PRESSURE_KEY = 'pressure';

/** Whether a parameter is in the table of names; others are used all the same, and noted. */
export const isExpectedParameter = (name: string): boolean => RENAMED.has(name) || LOWERED.has(name);

export function keyOf(name: string, kind: 'core' | 'synthetic'): string {
  const key = RENAMED.get(name) ?? name.toLowerCase();
  return kind === 'synthetic' && KEPT_APART.has(key) ? `${key}_sfile` : key;
}

export const flagKeyOf = (key: string): string => `${key}_argoqc`;
