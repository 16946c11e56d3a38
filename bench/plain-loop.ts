/**
 * The rival of the night: one process, no Temporal, no window. Reads, translates and writes the same collections, receipts included,
 * over a mirror that is already there. What a careful script would do in an afternoon.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import type { ArgoDocument, ArgoMetaDocument } from '../src/argo/documents.ts';
import { chooseMetadata } from '../src/argo/metadata.ts';
import { keyText } from '../src/argo/names.ts';
import { groupLine, type ProfileGroup, selectFiles } from '../src/argo/select.ts';
import { translateFiles } from '../src/argo/translate.ts';
import { listPlatforms, profilesOf } from '../src/argo/tree.ts';
import { createHdf5Pool } from '../src/formats/netcdf/hdf5-pool.ts';
import type { Receipt } from '../src/stores/receipts.ts';

const BATCH = 400;
const SOURCE_URL = 'ftp://ftp.ifremer.fr/ifremer/argo/dac/';

/** Loads a whole mirror; answers how many documents were written and the seconds it took. */
export async function plainLoop(
  mirror: string,
  uri: string,
  products: string,
  book: string,
): Promise<{ readonly documents: number; readonly seconds: number }> {
  const client = await new MongoClient(uri).connect();
  const argo = client.db(products).collection<ArgoDocument>('argo');
  const argoMeta = client.db(products).collection<ArgoMetaDocument>('argoMeta');
  const receipts = client.db(book).collection<Receipt & { readonly _id: string }>('receipts');
  const hdf5 = createHdf5Pool();
  const began = performance.now();
  let documents = 0;
  for await (const groups of batches(mirror)) {
    const profiles: ArgoDocument[] = [];
    const proofs: Receipt[] = [];
    const known = await argoMeta.find({ platform: { $in: [...new Set(groups.map(({ wmo }) => wmo))] } }).toArray();
    const added: ArgoMetaDocument[] = [];
    for (const group of groups) {
      const files = await Promise.all(group.files.map((path) => readOne(mirror, path)));
      const outcome = await translateFiles(group, files, { hdf5, now: new Date(), sourceUrl: SOURCE_URL });
      if (outcome.state === 'rejected') continue;
      const choice = chooseMetadata(
        known.filter(({ platform }) => platform === outcome.argoMeta.platform),
        outcome.argoMeta,
      );
      if (choice.state === 'new') {
        const document = { ...outcome.argoMeta, _id: choice.id };
        known.push(document);
        added.push(document);
      }
      profiles.push({ ...outcome.argo, metadata: [choice.id] });
      const proof = files.map(({ path, sizeBytes, mtimeMs, sha256 }) => ({ path, sizeBytes, mtimeMs, sha256 }));
      proofs.push({ flow: 'plain', item: keyText(group), product: outcome.argo._id, files: proof, run: 'plain', rules: 1, at: new Date() });
    }
    if (added.length > 0) await argoMeta.insertMany(added, { ordered: false });
    await argo.bulkWrite(
      profiles.map((replacement) => ({ replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true } })),
      { ordered: false },
    );
    await receipts.bulkWrite(
      proofs.map((replacement) => ({ replaceOne: { filter: { _id: `plain/${replacement.item}` }, replacement, upsert: true } })),
      { ordered: false },
    );
    documents += profiles.length;
  }
  const seconds = (performance.now() - began) / 1000;
  await hdf5.close();
  await client.close();
  return { documents, seconds };
}

async function readOne(mirror: string, path: string) {
  const absolutePath = join(mirror, path);
  const [bytes, { mtimeMs }] = await Promise.all([readFile(absolutePath), stat(absolutePath)]);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { path, absolutePath, bytes, sizeBytes: bytes.length, mtimeMs: Math.floor(mtimeMs), sha256 };
}

async function* batches(mirror: string): AsyncGenerator<readonly ProfileGroup[]> {
  let batch: ProfileGroup[] = [];
  for await (const platform of listPlatforms(mirror)) {
    const held = await profilesOf(mirror, platform);
    const groups = [...held].flatMap(([number, prefixes]) => selectFiles({ ...platform, number }, prefixes) ?? []);
    for (const group of groups.toSorted((a, b) => (groupLine(a) < groupLine(b) ? -1 : 1))) {
      batch.push(group);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
