import type { ListedInstrument } from './facility.ts';
import { type Table, tableOfAny } from './table.ts';

/**
 * The tables of instruments by where their data are to be had: `iris_inventory` (seismic archive: enabled there, and no bottom pressure
 * recorder), `rawdata_inventory` (all), `m2m_inventory` (bottom pressure recorders, and what is not enabled there).
 */
export function inventories(instruments: readonly ListedInstrument[]): readonly Table[] {
  const listed = instruments.map((instrument) => ({ ...instrument, iris_enabled: isEnabled(instrument.iris_enabled) }));
  const isBottomPressure = ({ reference_designator }: ListedInstrument): boolean => reference_designator.includes('BOTPT');
  const iris = listed.filter((one) => one.iris_enabled && !isBottomPressure(one));
  const m2m = listed.filter((one) => isBottomPressure(one) || !one.iris_enabled);
  return [tableOfAny('iris_inventory', iris), tableOfAny('rawdata_inventory', listed), tableOfAny('m2m_inventory', m2m)];
}

/** The list has true, false, null and nothing. */
const isEnabled = (value: unknown): boolean => value === true || value === 1 || value === 'true';
