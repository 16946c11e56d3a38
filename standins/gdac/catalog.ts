/** What the generator chooses from. Names of institutions are made up; models, codes and units are Argo's reference tables. */

export interface Centre {
  readonly dac: string;
  /** DATA_CENTRE, Argo reference table 4. */
  readonly code: string;
  /** PI_NAME of its floats; some with accents, some with commas. */
  readonly programmes: readonly [string, ...string[]];
}

export const CENTRES: readonly [Centre, ...Centre[]] = [
  { dac: 'aoml', code: 'AO', programmes: ['ARGO PROGRAMME', 'OCEAN OBSERVATORY, DEEP SEA LABORATORY'] },
  { dac: 'coriolis', code: 'IF', programmes: ['Observatoire océanique', 'PROGRAMME ARGO, Observatoire océanique'] },
  { dac: 'csiro', code: 'CS', programmes: ['ARGO PROGRAMME'] },
  { dac: 'jma', code: 'JA', programmes: ['OCEAN FLOAT PROGRAMME'] },
  { dac: 'meds', code: 'ME', programmes: ['PROGRAMME DES FLOTTEURS', 'Météo marine'] },
  { dac: 'bodc', code: 'BO', programmes: ['ARGO PROGRAMME, OCEAN CENTRE'] },
  { dac: 'incois', code: 'IN', programmes: ['INDIAN OCEAN PROGRAMME'] },
  { dac: 'csio', code: 'HZ', programmes: ['ARGO PROGRAMME'] },
  { dac: 'nmdis', code: 'NM', programmes: ['ARGO PROGRAMME'] },
];

/** A rectangle of open sea (or land) whose mask cells, one more all around included, all hold the same basin code. Degrees, east up to 190. */
export interface Region {
  readonly name: string;
  /** -1: land all around. */
  readonly basin: number;
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
  /** Surface temperature, thousandths of a degree Celsius. */
  readonly surface: number;
}

export const REGIONS: readonly [Region, ...Region[]] = [
  { name: 'North Atlantic', basin: 1, west: -50, east: -30, south: 25, north: 45, surface: 18000 },
  { name: 'South Atlantic', basin: 1, west: -30, east: -5, south: -35, north: -10, surface: 21000 },
  { name: 'North Pacific', basin: 2, west: -170, east: -140, south: 25, north: 45, surface: 17000 },
  { name: 'across the antimeridian', basin: 2, west: 165, east: 190, south: 15, north: 30, surface: 25000 },
  { name: 'South Pacific', basin: 2, west: -140, east: -100, south: -45, north: -10, surface: 20000 },
  { name: 'Indian Ocean', basin: 3, west: 60, east: 90, south: -35, north: -10, surface: 24000 },
  { name: 'Arabian Sea', basin: 3, west: 60, east: 68, south: 8, north: 18, surface: 28500 },
  { name: 'Southern Ocean, Pacific side', basin: 10, west: -140, east: -90, south: -65, north: -58, surface: 1500 },
  { name: 'Southern Ocean, Indian side', basin: 10, west: 20, east: 90, south: -62, north: -56, surface: 800 },
  { name: 'Ionian Sea', basin: 4, west: 17, east: 19, south: 34, north: 36, surface: 20500 },
  { name: 'Nordic Seas', basin: 11, west: -5, east: 5, south: 65, north: 70, surface: 7000 },
  { name: 'Bay of Bengal', basin: 56, west: 86, east: 90, south: 12, north: 16, surface: 28800 },
];

/** Where a badly placed profile lands. */
export const DRY_LAND: Region = { name: 'a desert', basin: -1, west: 2, east: 8, south: 22, north: 26, surface: 0 };

export interface Model {
  readonly platformType: string;
  /** WMO_INST_TYPE, Argo reference table 8. */
  readonly instrumentType: string;
  readonly positioning: string;
  readonly scheme: string;
}

export const CORE_MODELS: readonly [Model, ...Model[]] = [
  { platformType: 'APEX', instrumentType: '846', positioning: 'ARGOS', scheme: 'Primary sampling: discrete []' },
  { platformType: 'SOLO_II', instrumentType: '853', positioning: 'GPS', scheme: 'Primary sampling: averaged [nominal 2 dbar binned data]' },
  {
    platformType: 'ARVOR',
    instrumentType: '844',
    positioning: 'GPS',
    scheme: 'Primary sampling: averaged [10 sec sampling, 25 dbar average]',
  },
  { platformType: 'NAVIS_A', instrumentType: '863', positioning: 'IRIDIUM', scheme: 'Primary sampling: averaged []' },
];

export const BGC_MODELS: readonly [Model, ...Model[]] = [
  {
    platformType: 'PROVOR_III',
    instrumentType: '836',
    positioning: 'GPS',
    scheme: 'Primary sampling: averaged [10 sec sampling, 5 dbar average]',
  },
  { platformType: 'NAVIS_EBR', instrumentType: '869', positioning: 'GPS', scheme: 'Primary sampling: averaged [2 dbar bins]' },
];

export const DEEP_MODEL: Model = {
  platformType: 'ARVOR_D',
  instrumentType: '838',
  positioning: 'IRIDIUM',
  scheme: 'Primary sampling: averaged [10 sec sampling, 25 dbar average from 4000 dbar to 1000 dbar]',
};

/** A measured quantity. Values are whole numbers of 1/`scale`, so that what a file must say is known exactly. */
export interface Parameter {
  readonly name: string;
  readonly longName: string;
  readonly standardName: string;
  readonly units: string;
  readonly scale: number;
  /** Whole numbers of 1/`scale` at the surface and far below. */
  readonly shallow: number;
  readonly deep: number;
  readonly validMin: number;
  readonly validMax: number;
}

const parameter = (
  name: string,
  longName: string,
  standardName: string,
  units: string,
  scale: number,
  shallow: number,
  deep: number,
): Parameter => ({
  name,
  longName,
  standardName,
  units,
  scale,
  shallow,
  deep,
  validMin: 0,
  validMax: 12000,
});

export const PRES = parameter('PRES', 'Sea water pressure, equals 0 at sea-level', 'sea_water_pressure', 'decibar', 10, 0, 0);
export const TEMP = parameter('TEMP', 'Sea temperature in-situ ITS-90 scale', 'sea_water_temperature', 'degree_Celsius', 1000, 20000, 2400);
export const PSAL = parameter('PSAL', 'Practical salinity', 'sea_water_salinity', 'psu', 1000, 35400, 34700);

/** In the order in which floats are fitted with them: a float of n sensors has the first n. Scale 128 gives exact halves of the sixth decimal. */
export const BGC_PARAMETERS: readonly Parameter[] = [
  parameter('DOXY', 'Dissolved oxygen', 'moles_of_oxygen_per_unit_mass_in_sea_water', 'micromole/kg', 128, 28000, 21000),
  parameter('CHLA', 'Chlorophyll-A', 'mass_concentration_of_chlorophyll_a_in_sea_water', 'mg/m3', 1000, 900, 10),
  parameter('BBP700', 'Particle backscattering at 700 nanometers', '-', 'm-1', 1000000, 1800, 300),
  parameter('NITRATE', 'Nitrate', 'moles_of_nitrate_per_unit_mass_in_sea_water', 'micromole/kg', 1000, 400, 31000),
  parameter('PH_IN_SITU_TOTAL', 'pH', 'sea_water_ph_reported_on_total_scale', 'dimensionless', 1000, 8080, 7700),
  parameter('CDOM', 'Concentration of coloured dissolved organic matter in sea water', '-', 'ppb', 128, 90, 250),
  parameter(
    'DOWNWELLING_PAR',
    'Downwelling photosynthetic available radiation',
    'downwelling_photosynthetic_photon_flux_in_sea_water',
    'microMoleQuanta/m^2/sec',
    1000,
    900000,
    0,
  ),
];
