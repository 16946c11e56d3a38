import { type Database, within } from '../../stores/mongo.ts';
import type { ArgoFlow } from '../flow.ts';
import { dacsOf } from '../tree.ts';
import type { StoredReceipt } from './database-side.ts';
import type { AuditedFloat } from './judge.ts';
import { mirrorFloat } from './mirror-side.ts';

/** The centres of the archive. One that is not in the mirror may still have left receipts. */
export const CENTRES = ['aoml', 'bodc', 'coriolis', 'csio', 'csiro', 'incois', 'jma', 'kma', 'kordi', 'meds', 'nmdis'] as const;

/** One float, as an audit would see it. */
export async function oneFloat(database: Database, flow: ArgoFlow, wmo: string): Promise<AuditedFloat> {
  const dacs = await dacsOf(flow.mirror, wmo);
  const under = [...new Set([...CENTRES, ...dacs])].map((dac) => ({ _id: between(`${flow.name}/${dac}/${wmo}`) }));
  const receipts = await within('reading receipts', () =>
    database.book.collection<StoredReceipt>('receipts').find({ $or: under }).sort({ _id: 1 }).toArray(),
  );
  const documents = await within(`reading ${flow.collections.argo}`, () =>
    database
      .products(flow.database)
      .collection<{ _id: string }>(flow.collections.argo)
      .find({ _id: between(wmo) }, { projection: { _id: 1 } })
      .toArray(),
  );
  const { profiles } = await mirrorFloat(flow.mirror, wmo, dacs);
  return { wmo, profiles, receipts, documents: new Set(documents.map(({ _id }) => _id)) };
}

/** Texts that begin with these words and a line: the one after the line is the accent grave. */
const between = (words: string): { readonly $gte: string; readonly $lt: string } => ({ $gte: `${words}_`, $lt: `${words}\`` });
