/** Parameters that can occur, as the Argo data management team describes them. Source: Argo user's manual, reference table 3. */

interface Described {
  readonly description: string;
  readonly unit: string;
}

const BY_WAVELENGTH = [
  { name: 'BBP', nanometers: [470, 532, 700], what: 'Particle backscattering', unit: 'm-1' },
  { name: 'CP', nanometers: [660], what: 'Particle beam attenuation', unit: 'm-1' },
  { name: 'DOWN_IRRADIANCE', nanometers: [380, 412, 443, 490, 555, 665, 670], what: 'Downwelling irradiance', unit: 'W/m^2/nm' },
  { name: 'UP_RADIANCE', nanometers: [412, 443, 490, 555], what: 'Upwelling radiance', unit: 'W/m^2/nm/sr' },
] as const;

const PARAMETERS: ReadonlyMap<string, Described> = new Map([
  ['PRES', { description: 'Sea water pressure, equals 0 at sea-level', unit: 'decibar' }],
  ['TEMP', { description: 'Sea temperature in-situ ITS-90 scale', unit: 'degree_Celsius' }],
  ['PSAL', { description: 'Practical salinity', unit: 'psu' }],
  ['CNDC', { description: 'Electrical conductivity', unit: 'mhos/m' }],
  ['DOXY', { description: 'Dissolved oxygen', unit: 'micromole/kg' }],
  [
    'MOLAR_DOXY',
    { description: 'Uncompensated (pressure and salinity) oxygen concentration reported by the oxygen sensor', unit: 'micromole/l' },
  ],
  ['NITRATE', { description: 'Nitrate', unit: 'micromole/kg' }],
  ['BISULFIDE', { description: 'Bisulfide', unit: 'micromole/kg' }],
  ['PH_IN_SITU_TOTAL', { description: 'pH', unit: 'dimensionless' }],
  ['CHLA', { description: 'Chlorophyll-A', unit: 'mg/m3' }],
  ['CHLA_FLUORESCENCE', { description: 'Chlorophyll fluorescence with factory calibration', unit: 'ru' }],
  ['CDOM', { description: 'Concentration of coloured dissolved organic matter in sea water', unit: 'ppb' }],
  ['TURBIDITY', { description: 'Sea water turbidity', unit: 'ntu' }],
  ['DOWNWELLING_PAR', { description: 'Downwelling photosynthetic available radiation', unit: 'microMoleQuanta/m^2/sec' }],
  ...BY_WAVELENGTH.flatMap(({ name, nanometers, what, unit }) =>
    nanometers.map((x): [string, Described] => [`${name}${x}`, { description: `${what} at ${x} nanometers`, unit }]),
  ),
]);

const NAMES: ReadonlyMap<string, string> = new Map([
  ['TEMPERATURE', 'TEMP'],
  ['TEMPERATURE_SFILE', 'TEMP'],
  ['SALINITY', 'PSAL'],
  ['SALINITY_SFILE', 'PSAL'],
  ['PRESSURE', 'PRES'],
]);

const FLAG = '_argoqc';
const UNKNOWN: Described = { description: 'variable not found in ADMT documentation', unit: '' };

/** What a data key of the documents stands for: `doxy2_argoqc`, `temperature_sfile`, … */
export function describeKey(key: string): Described {
  const base = key.endsWith(FLAG) ? key.slice(0, -FLAG.length) : key;
  const found = parameterOf(base) ?? furtherSensor(base);
  if (found === undefined) return UNKNOWN;
  if (base !== key) return { description: `QC for ${base}`, unit: '' };
  return base.endsWith('_sfile') ? { ...found, description: `${found.description} from BGC file` } : found;
}

function parameterOf(base: string): Described | undefined {
  const name = base.toUpperCase();
  return PARAMETERS.get(NAMES.get(name) ?? name);
}

/** `doxy2` and `bbp700_2` are what second sensors of a parameter measure. */
function furtherSensor(base: string): Described | undefined {
  const [, name, sensor] = /^(.*?)_*(\d)$/.exec(base) ?? [];
  const found = name === undefined ? undefined : parameterOf(name);
  return found === undefined ? undefined : { ...found, description: `${found.description} (sensor ${sensor})` };
}
