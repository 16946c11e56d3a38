import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { FlowCache } from '../../src/config/flow-cache.ts';
import { isFailure } from '../../src/errors.ts';
import { formatItems } from '../../src/observe/counts.ts';
import type { SetFlow } from '../../src/ooi/flow.ts';
import { flowTable } from '../../src/ooi/form.ts';
import { annotations } from '../../src/ooi/products/annotations.ts';
import type { Answers } from '../../src/ooi/products/answers.ts';
import { availability, availabilityKey, RESOLUTIONS } from '../../src/ooi/products/availability.ts';
import { CATALOG_KEY, intakeCatalog } from '../../src/ooi/products/catalog.ts';
import { readSheet } from '../../src/ooi/products/csv-table.ts';
import { putJson } from '../../src/ooi/products/json-product.ts';
import { type LiveStore, liveStores } from '../../src/ooi/products/live-stores.ts';
import { makeMetadata } from '../../src/ooi/products/metadata.ts';
import { readSheetFile } from '../../src/ooi/products/sheet-folder.ts';
import { INDEX_KEY, type KnownInstrument, STATS_KEY, statistics } from '../../src/ooi/products/statistics.ts';
import type { Made, Omission } from '../../src/ooi/products/table.ts';
import { under } from '../../src/ooi/products/under.ts';
import type { Fence } from '../../src/stores/leases.ts';
import { type ObjectStore, UNFINISHED_AFTER_MS, type WriteOptions } from '../../src/stores/objects/contract.ts';
import { withSignsOfLife } from '../../src/transfer/signs-of-life.ts';
import type { OoiEnvironment } from './environment.ts';
import { membersOf } from './members.ts';
import { answeredFacility } from './metadata-facility.ts';

export type ProductJob = 'metadata' | 'annotations' | 'catalog' | 'statistics' | 'availability';

export interface MakeProduct {
  readonly flow: SetFlow;
  readonly run: string;
  readonly what: ProductJob;
  /** Of the job's own lease. */
  readonly fence: Fence;
  /** Of metadata: the gold copy of each stream of the set was asked for. */
  readonly goldCopy: boolean;
}

export interface ProductMade {
  readonly says: string;
  /** False: something was left out; the record names it. */
  readonly isWhole: boolean;
  readonly record: Readonly<Record<string, unknown>>;
}

export interface ProductDependencies {
  readonly environment: OoiEnvironment;
  readonly flows: Pick<FlowCache, 'reads'>;
  readonly answers: Answers;
  readonly now: () => Date;
}

interface Making {
  readonly run: string;
  readonly goldCopy: boolean;
  readonly use: ProductDependencies;
  readonly flow: SetFlow;
  readonly objects: ObjectStore;
  readonly options: WriteOptions & { readonly signal: AbortSignal };
  readonly tables: readonly string[];
  readonly instruments: readonly string[];
}

/** Products of a set, each made anew and put in place whole, of what the facility answered before. Queue: verify, on the host that reaches the stores. */
export const productActivities = (use: ProductDependencies) => ({
  async makeProduct({ flow, run, what, fence, goldCopy }: MakeProduct): Promise<ProductMade> {
    const members = await membersOf(use.flows, flow);
    return await use.environment.withObjects(flow, async (objects) => {
      const options = { signal: cancellationSignal(), fence: use.environment.fence(fence) };
      const instruments = [...new Set(members.map(({ instrument }) => instrument))];
      const making: Making = { use, run, goldCopy, flow, objects, options, tables: members.map(flowTable), instruments };
      const made = await withSignsOfLife(MAKERS[what](making), () => heartbeat({ phase: what }));
      await objects.sweep(UNFINISHED_AFTER_MS, { prefix: PLACES[what], signal: cancellationSignal() });
      await use.answers.drop(run);
      return made;
    });
  },
});

/** What the keys of a job's products begin with. */
const PLACES: Readonly<Record<ProductJob, string>> = {
  metadata: 'metadata/',
  annotations: 'annotations/',
  availability: 'availability/',
  catalog: CATALOG_KEY,
  statistics: STATS_KEY,
};

const MAKERS: Readonly<Record<ProductJob, (making: Making) => Promise<ProductMade>>> = {
  async metadata(making) {
    const { use, run, flow, objects, options } = making;
    const { sheets } = flow;
    const sources = {
      facility: answeredFacility(use.answers, run),
      sheet: sheets === null ? null : (name: string) => readSheetFile(sheets, name),
      ranges: sheets === null ? null : await rangesIn(sheets),
      stores: () => storesOf(making),
      goldCopyOf: making.goldCopy ? making.tables : [],
    };
    const { value, omissions } = await makeMetadata(sources, under(objects, 'metadata'), use.now(), options);
    const { tables, documents } = value;
    return metadataMade({ tables: tables.length, documents }, omissions, sheets !== null);
  },

  async annotations({ use, run, objects, options, instruments }) {
    const { annotations: answered } = answeredFacility(use.answers, run);
    const { value, omissions } = await annotations(instruments, answered, objects, options);
    return made(`Annotations of ${formatItems(value.written, 'instrument')} written`, omissions, {
      instruments: value.written,
      bytes: value.bytes,
    });
  },

  async catalog(making) {
    const stores = await storesOf(making);
    const { value, omissions } = intakeCatalog(stores.value, making.use.now());
    await making.objects.put(CATALOG_KEY, new TextEncoder().encode(value), { ...making.options, contentType: 'application/yaml' });
    const all = [...stores.omissions, ...omissions];
    return made(`A catalogue of ${formatItems(stores.value.length - omissions.length, 'store')} written`, all, {
      stores: stores.value.length,
    });
  },

  async statistics(making) {
    const stores = await storesOf(making);
    const { value, omissions } = await statistics(stores.value, await knownInstruments(making.flow), making.use.now());
    await putJson(making.objects, INDEX_KEY, value, making.options);
    await putJson(making.objects, STATS_KEY, value.stats, making.options);
    const { num_instruments: instruments, size, bytes } = value.stats;
    return made(`Statistics of ${formatItems(instruments, 'instrument')} written, ${size} together`, [...stores.omissions, ...omissions], {
      instruments,
      bytes,
    });
  },

  async availability(making) {
    const stores = await storesOf(making);
    const omissions: Omission[] = [...stores.omissions];
    const groups = Map.groupBy(stores.value, ({ table }) => table.split('-').slice(0, 4).join('-'));
    for (const [instrument, own] of groups) {
      const counted = await availability(instrument, own);
      omissions.push(...counted.omissions);
      for (const resolution of RESOLUTIONS) {
        await putJson(making.objects, availabilityKey(resolution, instrument), counted.value.counts[resolution], making.options);
      }
    }
    return made(`Availability of ${formatItems(groups.size, 'instrument')} counted`, omissions, { instruments: groups.size });
  },
};

const storesOf = ({ flow, objects, options, tables }: Making): Promise<Made<readonly LiveStore[]>> =>
  liveStores(objects, tables, flow.store.place.kind === 's3' && flow.store.publish === 'pointer', { signal: options.signal });

/** The public CSV of global ranges, where somebody has put it beside the sheets. */
async function rangesIn(sheets: string): Promise<(() => Promise<string | null>) | null> {
  const reading = () => readSheetFile(sheets, 'global_ranges');
  try {
    return (await reading()) === null ? null : reading;
  } catch (error) {
    // Read once more where one part that fails hurts no other.
    if (isFailure(error)) return reading;
    throw error;
  }
}

/** What the shared spreadsheet says of instruments; nothing where there is none. */
async function knownInstruments({ sheets }: SetFlow): Promise<readonly KnownInstrument[]> {
  const text = sheets === null ? null : await readSheetFile(sheets, 'instruments');
  if (text === null) return [];
  const { columns, rows } = readSheet(text, 'instruments.csv');
  return rows.map((row) => {
    const cell = (name: string): string | null => row[columns.indexOf(name)] ?? null;
    return {
      reference_designator: cell('reference_designator') ?? '',
      instrument_name: cell('instrument_name'),
      formal_name: cell('formal_name'),
      instrument_url: cell('instrument_url'),
      group_code: cell('group_code'),
    };
  });
}

/** A set that names no spreadsheet is whole without it, and says so: nobody else would know what could be there. */
export function metadataMade(
  { tables, documents }: { readonly tables: number; readonly documents: number },
  omissions: readonly Omission[],
  hasSheets: boolean,
): ProductMade {
  const says = `${formatItems(tables, 'table')} and ${formatItems(documents, 'document')} made`;
  if (hasSheets) return made(says, omissions, { tables, documents });
  const { record, ...rest } = made(`${says} without the spreadsheet: \`sheets\` is not set`, omissions, { tables, documents });
  return { ...rest, record: { ...record, without: ['the spreadsheet: `sheets` is not set'] } };
}

const MOST_NAMED = 100;

function made(says: string, omissions: readonly Omission[], counts: Readonly<Record<string, number>>): ProductMade {
  const leftOut = omissions.slice(0, MOST_NAMED).map(({ what, why }) => `${what}: ${why}`);
  const more = omissions.length === 0 ? '.' : `; ${omissions.length} left out: ${leftOut.slice(0, 3).join('; ').replace(/\.$/, '')}.`;
  return { says: `${says}${more}`, isWhole: omissions.length === 0, record: { ...counts, omitted: omissions.length, leftOut } };
}
