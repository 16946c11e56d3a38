import { annotationsOf } from '../../src/ooi/m2m/annotations.ts';
import type { Facility } from '../../src/ooi/m2m/client.ts';
import { goldCopyOf } from '../../src/ooi/m2m/gold-copy.ts';
import { instrumentList, tableOfContents } from '../../src/ooi/m2m/inventory.ts';
import { streamDetails } from '../../src/ooi/m2m/stream-details.ts';
import type { MetadataFacility } from '../../src/ooi/products/facility.ts';

/** The facility as the tables want it. */
export const metadataFacility = (facility: Facility, signal: AbortSignal): MetadataFacility => ({
  tableOfContents: () => tableOfContents(facility, signal),
  instrumentList: () => instrumentList(facility, signal),
  streamDetails: (stream) => streamDetails(facility, stream, signal),
  annotations: async (instrument) => (await annotationsOf(facility, instrument, signal)).text,
  goldCopy: (table) => goldCopyOf(facility, table, signal),
});
