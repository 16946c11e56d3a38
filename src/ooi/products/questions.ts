import { Failure } from '../../errors.ts';
import { annotationsOf } from '../m2m/annotations.ts';
import type { Facility } from '../m2m/client.ts';
import { instrumentList, tableOfContents } from '../m2m/inventory.ts';
import { openCatalog } from '../m2m/listing.ts';
import { streamDetails } from '../m2m/stream-details.ts';
import { parseTable } from '../names.ts';
import type { InstrumentEntry, ListedFile } from './facility.ts';
import type { GoldCopyListing } from './gold-copy.ts';
import type { Question } from './question.ts';

/** What a metadata job asks first: the other questions follow from the answers. */
export const FIRST_QUESTIONS: readonly Question[] = [{ of: 'contents' }, { of: 'instruments' }];

/** Each stream of the table of contents once, and the gold copy of the tables that are wanted. */
export function furtherQuestions(contents: readonly InstrumentEntry[], goldCopyOf: readonly string[]): readonly Question[] {
  const streams = [...new Set(contents.flatMap((instrument) => instrument.streams.map(({ stream }) => stream)))].toSorted();
  return [...streams.map((name): Question => ({ of: 'stream', name })), ...goldCopyOf.map((name): Question => ({ of: 'gold_copy', name }))];
}

/** The answer, which is JSON. @throws {Failure} as the client */
export async function askQuestion(facility: Facility, question: Question, signal: AbortSignal): Promise<unknown> {
  switch (question.of) {
    case 'contents':
      return await tableOfContents(facility, signal);
    case 'instruments':
      return await instrumentList(facility, signal);
    case 'stream':
      return await streamDetails(facility, question.name, signal);
    case 'annotations':
      return (await annotationsOf(facility, question.name, signal)).text;
    case 'gold_copy':
      return await goldCopyOf(facility, question.name, signal);
  }
}

const GOLD_COPY = 'https://thredds.dataexplorer.oceanobservatories.org/thredds/catalog/ooigoldcopy/public';

async function goldCopyOf(facility: Facility, table: string, signal: AbortSignal): Promise<GoldCopyListing> {
  const url = `${GOLD_COPY}/${table}/catalog.xml`;
  const catalog = parseTable(table) === null ? null : await openCatalog(facility, url, signal);
  if (catalog === null) {
    throw new Failure({ kind: 'stop', code: 'no_gold_copy', happened: `The facility has no gold copy of ${table.slice(0, 100)}` });
  }
  const files: ListedFile[] = [];
  for await (const { kind, name, urlPath, roughBytes, modified } of catalog.entries)
    if (kind === 'file') files.push({ name, urlPath, roughBytes, modified });
  return { url, files };
}
