import { parseArgs } from 'node:util';
import { type Db, type Document, MongoClient } from 'mongodb';
import { Failure, messageOf } from '../../src/errors.ts';
import { compareDocument, type FoundDocument } from './compare.ts';
import { deletedProfiles, type ExpectedProfile } from './expected.ts';
import { expectedNow, type GdacState, readState } from './gdac.ts';

const USAGE = 'node standins/gdac/check.ts --folder DIR --uri mongodb://… --database NAME';
const SENTENCES = 20;
const BATCH = 100;

/** What was expected and what was found. Equal when nothing is missing, different or extra. */
export interface CheckResult {
  readonly night: number;
  /** Profiles looked at: documents and rejections. */
  readonly checked: number;
  readonly equal: number;
  readonly missing: number;
  readonly differing: number;
  /** Documents of the collection that nobody expects. */
  readonly extra: number;
  /** Expected rejections by reason code. */
  readonly rejected: Readonly<Record<string, number>>;
  /** The first sentences. */
  readonly different: readonly string[];
}

/** A collection as far as it is looked at here. */
export interface Documents {
  byIds(ids: readonly string[]): Promise<readonly FoundDocument[]>;
  count(): Promise<number>;
}

/** Compares the collections `argo` and `argoMeta` with what a generated tree's profiles must be, in constant memory. */
export async function check(state: GdacState, argo: Documents, argoMeta: Documents): Promise<CheckResult> {
  const tally = { checked: 0, equal: 0, missing: 0, differing: 0, found: 0 };
  const rejected: Record<string, number> = {};
  const sentences: string[] = [];
  const note = (...more: readonly string[]): void => void sentences.push(...more.slice(0, Math.max(0, SENTENCES - sentences.length)));

  for await (const batch of batches(expectedNow(state, state.night))) {
    const documents = await byId(argo, batch.map(idOf));
    const descriptions = await byId(argoMeta, [...documents.values()].flatMap(metadataOf));
    tally.found += documents.size;
    for (const expected of batch) {
      const document = documents.get(idOf(expected)) ?? null;
      const description = document === null ? null : (descriptions.get(metadataOf(document)[0] ?? '') ?? null);
      const differences = compareDocument(expected, document, description);
      tally.checked += 1;
      if (expected.outcome.state === 'rejected') rejected[expected.outcome.code] = (rejected[expected.outcome.code] ?? 0) + 1;
      if (differences.length === 0) tally.equal += 1;
      else if (document === null) tally.missing += 1;
      else tally.differing += 1;
      note(...differences);
    }
  }
  const extra = (await argo.count()) - tally.found;
  if (extra > 0) note(...(await leftovers(state, argo)), `The collection holds documents that nobody expects: ${extra}.`);
  const { checked, equal, missing, differing } = tally;
  return { night: state.night, checked, equal, missing, differing, extra, rejected, different: sentences };
}

export const isRight = ({ missing, differing, extra }: CheckResult): boolean => missing === 0 && differing === 0 && extra === 0;

const idOf = ({ key }: ExpectedProfile): string => key.slice(key.indexOf('/') + 1);
const metadataOf = (document: FoundDocument): readonly string[] => (Array.isArray(document.metadata) ? document.metadata.map(String) : []);

async function byId(documents: Documents, ids: readonly string[]): Promise<ReadonlyMap<string, FoundDocument>> {
  const found = await documents.byIds(ids);
  return new Map(found.map((document) => [String(document._id), document]));
}

/** Names deleted profiles whose documents are still there. */
async function leftovers(state: GdacState, argo: Documents): Promise<readonly string[]> {
  const gone = [...deletedProfiles(state, state.night)];
  const found = await byId(
    argo,
    gone.map((key) => key.slice(key.indexOf('/') + 1)),
  );
  return gone
    .filter((key) => found.has(key.slice(key.indexOf('/') + 1)))
    .map((key) => `${key}: its files were deleted, its document is still there.`);
}

async function* batches(items: AsyncIterable<ExpectedProfile>): AsyncGenerator<readonly ExpectedProfile[]> {
  let batch: ExpectedProfile[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function collectionOf(database: Db, name: string): Documents {
  const collection = database.collection<Document & { _id: string }>(name);
  return {
    byIds: (ids) => collection.find({ _id: { $in: [...ids] } }).toArray(),
    count: () => collection.countDocuments({}),
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { folder: { type: 'string' }, uri: { type: 'string' }, database: { type: 'string' } } });
  const { folder, uri, database } = values;
  if (folder === undefined || uri === undefined || database === undefined) {
    throw new Failure({ kind: 'stop', code: 'standin_arguments', happened: 'An argument is missing', remedy: `Use: ${USAGE}` });
  }
  const state = readState(folder);
  if (state === null)
    throw new Failure({
      kind: 'stop',
      code: 'standin_state',
      happened: `${folder} holds no generated tree`,
      remedy: 'Give the --folder that the stand-in was started with',
    });
  const client = new MongoClient(uri);
  try {
    const result = await check(state, collectionOf(client.db(database), 'argo'), collectionOf(client.db(database), 'argoMeta'));
    process.stdout.write(`${JSON.stringify(result)}\n`);
    process.exitCode = isRight(result) ? 0 : 1;
  } finally {
    await client.close();
  }
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 2;
  });
}
