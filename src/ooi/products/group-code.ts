/** Classes of instruments in the order in which they are looked for: `FLOBN` before `FL`, `CAMHD` before `CAM`. Specification 8.1. */
export const INSTRUMENT_CLASSES: readonly string[] = (
  'MOP HYDGN0 VEL3D ADCP FLOBN ZPLS BOTPT HYDBB OBSBB METBK CTD TMPSF CAMHD CAM FDCHP DO ENG FL HPIES THSPH RASFL TRHPH HYDLF MASSP ' +
  'NUTNR OSMOI PPSDN PCO2A PCO2W PARAD PRESF PHSEN OBSSP VELPT SPKIR OPTAA WAVSS PREST COVIS AOA SCT SCP D1000'
).split(' ');

/** First place in the code at which any class stands; of several that stand there the first in the list. */
const CLASS = new RegExp(INSTRUMENT_CLASSES.join('|'));

/** The class of an instrument (`CTD` of `CE02SHBP-LJ01D-06-CTDBPN106`); null when it is none of the list. */
export const groupCode = (instrument: string): string | null => CLASS.exec(instrument.split('-')[3] ?? '')?.[0] ?? null;
