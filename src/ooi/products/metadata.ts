import { Failure, isFailure } from '../../errors.ts';
import type { ObjectStore, WriteOptions } from '../../stores/objects/contract.ts';
import { type CavaTables, cavaTables } from './cava.ts';
import type { MetadataFacility } from './facility.ts';
import { globalRanges } from './global-ranges.ts';
import { goldCopyCatalogs } from './gold-copy.ts';
import { INSTRUMENTS_CATALOG_KEY, instrumentsCatalog, LEGACY_CATALOG_KEY, legacyCatalog } from './instrument-catalogs.ts';
import { inventories } from './inventories.ts';
import { putJson } from './json-product.ts';
import type { LiveStore } from './live-stores.ts';
import { type PublishedTable, publishTable } from './publish-table.ts';
import { streamTables } from './stream-tables.ts';
import { type StreamsAndParameters, streamsAndParameters } from './streams.ts';
import type { Made, Omission, Table } from './table.ts';

export interface MetadataSources {
  readonly facility: MetadataFacility;
  /** The text of a sheet of the shared spreadsheet, null where there is none; null: there is no spreadsheet. */
  readonly sheet: ((name: string) => Promise<string | null>) | null;
  /** The text of the CSV of global ranges, null where there is none; null: nobody keeps one. */
  readonly ranges: (() => Promise<string | null>) | null;
  /** Stores of the streams, for the parameters of instruments. */
  readonly stores: () => Promise<Made<readonly LiveStore[]>>;
  /** Tables whose gold copy is listed; it takes a call for each, so the daily run lists none. */
  readonly goldCopyOf: readonly string[];
}

export interface MetadataMade {
  readonly tables: readonly PublishedTable[];
  /** JSON documents that were written. */
  readonly documents: number;
}

/**
 * Makes the tables and catalogues of specification 8.1. A part that cannot be made stays as it was, is among the omissions, and hurts no other.
 *
 * @param objects where the tables go, such as `<place>/metadata`
 * @throws {Failure} the first, when no part could be made
 */
export async function makeMetadata(
  sources: MetadataSources,
  objects: ObjectStore,
  now: Date,
  options: WriteOptions = {},
): Promise<Made<MetadataMade>> {
  const work = new Work(options.signal);
  const published: PublishedTable[] = [];
  const publish = async (tables: readonly Table[]): Promise<void> => {
    for (const table of tables) published.push(await publishTable(objects, table, options));
  };
  const { facility, sheet, ranges } = sources;

  const cava: CavaTables | null = sheet === null ? null : await work.part('the shared spreadsheet', () => work.made(cavaTables(sheet)));
  if (cava !== null) await publish([...cava.values()]);
  const listed = await work.part('the inventories', async () => inventories(await facility.instrumentList()));
  if (listed !== null) await publish(listed);
  const streams = await work.part('the streams', async () =>
    work.made(streamsAndParameters(await facility.tableOfContents(), (name) => facility.streamDetails(name), now)),
  );
  if (streams !== null) await publish(streamTables(streams));
  if (ranges !== null) {
    const table = await work.part('global_ranges', async () => rangesTable(await ranges()));
    if (table !== null) await publish([table]);
  }
  let documents = 0;
  if (cava !== null && streams !== null) documents += await catalogs({ sources, cava, streams }, objects, now, options, work);
  const gold = await work.part('the gold copy', () =>
    work.made(goldCopyCatalogs(sources.goldCopyOf, (table) => facility.goldCopy(table), objects, now, options)),
  );
  documents += gold ?? 0;
  work.throwIfNothing(published.length + documents);
  return { value: { tables: published, documents }, omissions: work.omissions };
}

function rangesTable(text: string | null): Table {
  if (text !== null) return globalRanges(text);
  throw new Failure({ kind: 'stop', code: 'no_ranges', happened: 'There is no CSV of global ranges where one is looked for' });
}

interface Known {
  readonly sources: MetadataSources;
  readonly cava: CavaTables;
  readonly streams: StreamsAndParameters;
}

async function catalogs(
  { sources, cava, streams }: Known,
  objects: ObjectStore,
  now: Date,
  options: WriteOptions,
  work: Work,
): Promise<number> {
  const stores = await work.part('the stores of instruments', () => work.made(sources.stores()));
  const legacy = await work.made(Promise.resolve(legacyCatalog(cava, streams)));
  await putJson(objects, LEGACY_CATALOG_KEY, legacy, options);
  if (stores === null) return 1;
  await putJson(objects, INSTRUMENTS_CATALOG_KEY, instrumentsCatalog(cava, streams, stores, now), options);
  return 2;
}

/** Keeps what is left out while the parts are made one after the other. */
class Work {
  readonly omissions: Omission[] = [];
  readonly #signal: AbortSignal | undefined;
  #first: Failure | null = null;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** Null when the part cannot be made. Faults of ours, and an end that was asked for, are thrown. */
  async part<T>(what: string, make: () => Promise<T>): Promise<T | null> {
    try {
      return await make();
    } catch (error) {
      if (!isFailure(error) || this.#signal?.aborted === true) throw error;
      this.#first ??= error;
      this.omissions.push({ what, why: error.message });
      return null;
    }
  }

  async made<T>(making: Promise<Made<T>>): Promise<T> {
    const { value, omissions } = await making;
    this.omissions.push(...omissions);
    return value;
  }

  throwIfNothing(made: number): void {
    if (made === 0 && this.#first !== null) throw this.#first;
  }
}
