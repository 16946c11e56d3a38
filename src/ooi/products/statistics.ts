import { Failure, messageOf } from '../../errors.ts';
import { parseTable } from '../names.ts';
import { textAt } from './attributes.ts';
import { bounded } from './bounded.ts';
import type { LiveStore } from './live-stores.ts';
import { sizeText } from './sizes.ts';
import { nanosecondText, timeRange } from './store-times.ts';
import type { Made, Omission } from './table.ts';

export const INDEX_KEY = 'index.json';
export const STATS_KEY = 'stats.json';

/** Where instruments are described to people; their own addresses are mostly relative to it. */
const INSTRUMENT_PAGES = 'https://interactiveoceans.washington.edu';

/** What the shared table says of an instrument. */
export interface KnownInstrument {
  readonly reference_designator: string;
  readonly instrument_name: string | null;
  readonly formal_name: string | null;
  readonly instrument_url: string | null;
  readonly group_code: string | null;
}

interface StreamStatistics {
  readonly id: string;
  readonly data_location: string;
  readonly instrument_rd: string;
  readonly size: string;
  readonly bytes_size: number;
  readonly start_dt: string | null;
  readonly end_dt: string | null;
  readonly num_variables: number;
  readonly num_data_products: number;
  readonly data_products: readonly string[];
  readonly variables: readonly {
    readonly name: string;
    readonly size: string;
    readonly bytes_size: number;
    readonly product_id: string | null;
  }[];
}

export interface Statistics {
  readonly version: 'v1';
  readonly generated: string;
  readonly stats: { readonly num_instruments: number; readonly bytes: number; readonly size: string };
  readonly instruments: readonly object[];
}

/**
 * What `index.json` says, and in its `stats` also `stats.json`. Sizes are uncompressed. Specification 8.5. A store whose times cannot be read
 * is among the omissions; an instrument that the table does not know has its reference designator for a name.
 */
export async function statistics(stores: readonly LiveStore[], known: readonly KnownInstrument[], now: Date): Promise<Made<Statistics>> {
  const described = await bounded(stores, describe);
  const omissions = described.flatMap((one) => ('why' in one ? [one] : []));
  const streams = described.flatMap((one) => ('why' in one ? [] : [one]));
  const groups = Map.groupBy(streams, ({ instrument_rd }) => instrument_rd);
  const instruments = [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([id, own]) => instrumentOf(id, own, known));
  const bytes = sum(streams);
  const stats = { num_instruments: instruments.length, bytes, size: sizeText(bytes) };
  return { value: { version: 'v1', generated: now.toISOString(), stats, instruments }, omissions };
}

async function describe(store: LiveStore): Promise<StreamStatistics | Omission> {
  const { table, address, metadata } = store;
  try {
    const name = parseTable(table);
    if (name === null) return { what: table, why: 'its name is none of a stream' };
    const range = await timeRange(store);
    const variables = metadata.variables.map(({ name: variable, bytes, attributes }) => ({
      name: variable,
      size: sizeText(bytes),
      bytes_size: bytes,
      product_id: textAt(attributes, 'data_product_identifier'),
    }));
    const products = variables.filter(({ product_id }) => product_id !== null).map((variable) => variable.name);
    const bytes = sum(variables);
    return {
      ...{ id: table, data_location: address, instrument_rd: name.instrument, size: sizeText(bytes), bytes_size: bytes },
      start_dt: range === null ? null : nanosecondText(range.first),
      end_dt: range === null ? null : nanosecondText(range.last),
      ...{ num_variables: variables.length, num_data_products: products.length, data_products: products, variables },
    };
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'again') throw error;
    return { what: table, why: messageOf(error) };
  }
}

function instrumentOf(id: string, streams: readonly StreamStatistics[], known: readonly KnownInstrument[]): object {
  const instrument = known.find(({ reference_designator }) => reference_designator === id);
  const url = instrument?.instrument_url ?? '';
  const bytes = sum(streams);
  return {
    id,
    name: instrument?.instrument_name ?? id,
    formal_name: instrument?.formal_name ?? id,
    url: url === '' || url.includes('https://') ? url : `${INSTRUMENT_PAGES}${url}`,
    total_bytes: bytes,
    group: instrument?.group_code ?? null,
    size: sizeText(bytes),
    num_streams: streams.length,
    streams,
  };
}

const sum = (sized: readonly { readonly bytes_size: number }[]): number => sized.reduce((total, { bytes_size }) => total + bytes_size, 0);
