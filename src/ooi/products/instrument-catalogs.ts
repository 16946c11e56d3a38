import type { CavaTables } from './cava.ts';
import type { LiveStore } from './live-stores.ts';
import { listedParameters, storedParameters } from './store-parameters.ts';
import type { ParameterRow, StreamRow, StreamsAndParameters } from './streams.ts';
import type { Cell, Made, Omission, Table } from './table.ts';

export const INSTRUMENTS_CATALOG_KEY = 'instruments_catalog.json';
export const LEGACY_CATALOG_KEY = 'legacy_catalog.json';

type Row = Readonly<Record<string, Cell>>;

/** The rows of a table as records. */
export const recordsOf = (table: Table | undefined): readonly Row[] =>
  (table?.rows ?? []).map((row) => Object.fromEntries((table?.columns ?? []).map(({ name }, at) => [name, row[at] ?? null])));

/**
 * `instruments_catalog.json`: each instrument of the shared table with its streams and the parameters of their stores: names, dimensions, units, and the
 * level that the product identifier names. Specification 8.1.
 */
export function instrumentsCatalog(
  cava: CavaTables,
  { streams, parameters }: StreamsAndParameters,
  stores: readonly LiveStore[],
  now: Date,
): readonly object[] {
  const known = new Map(stores.map((store) => [store.table, store]));
  return recordsOf(cava.get('instruments')).map((instrument) => {
    const own = streams.filter(({ reference_designator }) => reference_designator === instrument.reference_designator);
    const all = own.flatMap((stream) => {
      const listed = parametersOf(stream, parameters);
      const store = known.get(stream.table_name);
      return store === undefined ? listedParameters(stream, listed) : storedParameters(store, listed, now);
    });
    return { ...instrument, streams: own, parameters: all };
  });
}

/**
 * `legacy_catalog.json`: one item for each stream of an instrument of the shared table, with the rows of its infrastructure, instrument, site and
 * parameters there. A stream whose site or infrastructure the table lacks has null there, and is among the omissions.
 */
export function legacyCatalog(cava: CavaTables, { streams, parameters }: StreamsAndParameters): Made<readonly object[]> {
  const rows = (sheet: 'instruments' | 'sites' | 'infrastructures' | 'parameters'): readonly Row[] => recordsOf(cava.get(sheet));
  const find = (sheet: 'instruments' | 'sites' | 'infrastructures', designator: string): Row | null =>
    rows(sheet).find(({ reference_designator }) => reference_designator === designator) ?? null;
  const omissions: Omission[] = [];
  const items = streams.flatMap((stream) => {
    const instrument = find('instruments', stream.reference_designator);
    if (instrument === null) return [];
    const infrastructure = find('infrastructures', `${stream.platform_code}-${stream.mooring_code}`);
    const site = find('sites', stream.platform_code);
    const missing = [infrastructure === null ? 'infrastructure' : '', site === null ? 'site' : ''].filter((word) => word !== '');
    if (missing.length > 0) omissions.push({ what: stream.table_name, why: `the shared table lacks its ${missing.join(' and its ')}` });
    const listed = parametersOf(stream, parameters);
    const names = listed.map(({ reference_designator }) => reference_designator);
    return [
      {
        data_table: stream.table_name,
        instrument_rd: stream.reference_designator,
        site_rd: stream.platform_code,
        infra_rd: stream.mooring_code,
        inst_rd: stream.instrument_code,
        stream_rd: stream.stream,
        stream_method: stream.method,
        stream_type: stream.stream_type,
        stream: {
          reference_designator: stream.stream,
          stream_method: stream.method,
          m2m_id: stream.stream_id,
          stream_type: stream.stream_type,
          stream_content: stream.stream_content,
        },
        parameter_rd: names.join(','),
        ooi_parameter_ids: listed.map(({ pid }) => pid),
        infrastructure,
        instrument,
        site,
        parameters: rows('parameters').filter(({ reference_designator }) => names.some((name) => name === reference_designator)),
      },
    ];
  });
  return { value: items, omissions };
}

function parametersOf({ parameter_ids: ids }: StreamRow, parameters: readonly ParameterRow[]): readonly ParameterRow[] {
  const wanted = new Set(
    (ids ?? '')
      .split(',')
      .filter((id) => id !== '')
      .map(Number),
  );
  return parameters.filter(({ pid }) => wanted.has(pid));
}
