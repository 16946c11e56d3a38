import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../errors.ts';
import { type Database, within } from '../../stores/mongo.ts';
import { Quarantine, type QuarantineEntry } from '../../stores/quarantine.ts';
import { type Receipt, Receipts } from '../../stores/receipts.ts';
import { type Run, Runs } from '../../stores/runs.ts';
import { type Verification, Verifications } from '../../stores/verifications.ts';
import { CENTRES } from '../audit/one-float.ts';
import type { ArgoFlow } from '../flow.ts';
import { keyText, listName, type ProfileKey, parseProfilePath } from '../names.ts';
import { selectFiles } from '../select.ts';
import { dacsOf, profilesOf } from '../tree.ts';

/** A file of the profile in the mirror now. */
export interface HeldFile {
  /** Relative to the mirror root. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** Whether it is one of those that are loaded. */
  readonly isChosen: boolean;
}

export interface StoredProfile {
  readonly _id: string;
  readonly date_updated_argovis: Date | null;
  readonly data_warning: readonly string[];
}

export interface ProfileFacts {
  readonly item: string;
  readonly files: readonly HeldFile[];
  readonly receipt: Receipt | null;
  readonly document: StoredProfile | null;
  readonly quarantine: QuarantineEntry | null;
  /** The last comparison with the source. */
  readonly verification: Verification | null;
  /** The run that last touched it. */
  readonly run: Run | null;
}

/** Everything known of a profile under one centre. */
export async function profileFacts(database: Database, flow: ArgoFlow, key: ProfileKey): Promise<ProfileFacts> {
  const item = keyText(key);
  const [files, receipts, quarantine, verification] = await Promise.all([
    heldFiles(flow.mirror, key),
    new Receipts(database).find(flow.name, [item]),
    new Quarantine(database).show(flow.name, item),
    new Verifications(database).find(flow.name, item),
  ]);
  const receipt = receipts.get(item) ?? null;
  const last = quarantine !== null && (receipt === null || quarantine.lastAt > receipt.at) ? quarantine.lastRun : receipt?.run;
  const [document, run] = await Promise.all([
    documentOf(database, flow, receipt?.product ?? listName(key)),
    last === undefined ? null : new Runs(database).get(last),
  ]);
  return { item, files, receipt, document, quarantine, verification, run };
}

export const isKnown = ({ files, receipt, document, quarantine }: ProfileFacts): boolean =>
  files.length > 0 || receipt !== null || document !== null || quarantine !== null;

/** The centres under which anything of this name is known. */
export async function centresOf(database: Database, flow: ArgoFlow, { wmo, number }: Omit<ProfileKey, 'dac'>): Promise<readonly string[]> {
  const centres = [...new Set([...CENTRES, ...(await dacsOf(flow.mirror, wmo))])];
  const keys = centres.map((dac) => ({ dac, wmo, number }));
  const items = keys.map(keyText);
  const [receipts, open, held] = await Promise.all([
    new Receipts(database).find(flow.name, items),
    Promise.all(items.map((item) => new Quarantine(database).show(flow.name, item))),
    Promise.all(keys.map((key) => heldFiles(flow.mirror, key))),
  ]);
  return centres.filter((_, at) => receipts.has(items[at] ?? '') || open[at] !== null || (held[at] ?? []).length > 0);
}

async function heldFiles(mirror: string, key: ProfileKey): Promise<readonly HeldFile[]> {
  const prefixes = (await profilesOf(mirror, key)).get(key.number);
  if (prefixes === undefined) return [];
  const chosen = selectFiles(key, prefixes)?.files ?? [];
  const folder = `${key.dac}/${key.wmo}/profiles`;
  const names = (await readdir(join(mirror, folder)).catch(ifGone([]))).filter((name) => {
    const file = parseProfilePath(`${folder}/${name}`);
    return file?.number === key.number;
  });
  const files = await Promise.all(
    names.toSorted().map(async (name): Promise<readonly HeldFile[]> => {
      const path = `${folder}/${name}`;
      const stats = await lstat(join(mirror, path)).catch(ifGone(null));
      if (stats === null) return [];
      return [{ path, sizeBytes: stats.size, mtimeMs: Math.floor(stats.mtimeMs), isChosen: chosen.includes(path) }];
    }),
  );
  return files.flat();
}

const ifGone =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return instead;
    throw error;
  };

interface StoredFields {
  readonly _id: string;
  readonly date_updated_argovis?: unknown;
  readonly data_warning?: unknown;
}

async function documentOf(database: Database, { database: name, collections }: ArgoFlow, id: string): Promise<StoredProfile | null> {
  const found = await within(`reading ${collections.argo}`, () =>
    database
      .products(name)
      .collection<StoredFields>(collections.argo)
      .findOne({ _id: id }, { projection: { date_updated_argovis: 1, data_warning: 1 } }),
  );
  if (found === null) return null;
  const { _id, date_updated_argovis: at, data_warning: warnings } = found;
  return { _id, date_updated_argovis: at instanceof Date ? at : null, data_warning: Array.isArray(warnings) ? warnings.map(String) : [] };
}
