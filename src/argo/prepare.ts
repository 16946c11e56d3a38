import { type Failure, isFailure, messageOf } from '../errors.ts';
import type { Hdf5Pool } from '../formats/netcdf/hdf5-pool.ts';
import type { Logger } from '../observe/log.ts';
import type { Rejected } from '../stores/quarantine.ts';
import type { FileReceipt, Receipt } from '../stores/receipts.ts';
import type { ArgoMetaContent, ArgoProfile } from './documents.ts';
import type { ArgoFlow } from './flow.ts';
import { keyText, type ProfileKey } from './names.ts';
import { type FileFacts, factsOf, readSources, type SourceFile } from './read.ts';
import { isRejection } from './rejections.ts';
import { RULES_VERSION } from './rules-version.ts';
import { type ProfileGroup, selectFiles } from './select.ts';
import { translateFiles } from './translate.ts';
import { profilesOf } from './tree.ts';

/** How a profile stands before anything is written. */
export type Prepared =
  /** Its receipt matches: loaded by an earlier run (`current`) or by an earlier attempt of this one (`done`). */
  | { readonly state: 'current' | 'done'; readonly key: ProfileKey }
  | { readonly state: 'gone'; readonly key: ProfileKey }
  | { readonly state: 'rejected'; readonly key: ProfileKey; readonly rejected: Rejected; readonly bytes: number }
  | Translated;

export interface Translated {
  readonly state: 'translated';
  readonly key: ProfileKey;
  /** Proof of the bytes that were read; the bytes themselves are not kept. */
  readonly files: readonly FileReceipt[];
  readonly profile: ArgoProfile;
  readonly metadata: ArgoMetaContent;
}

export interface Preparation {
  readonly flow: ArgoFlow;
  readonly run: string;
  readonly hdf5: Hdf5Pool;
  readonly log: Logger;
  readonly now: () => Date;
}

/** How often a profile whose files move under the reader is looked at before it is put aside. */
const LOOKS = 5;

/** Reads and translates one profile, or finds that there is nothing to do. Nothing is written. */
export async function prepare(use: Preparation, group: ProfileGroup, receipt: Receipt | undefined, isForced: boolean): Promise<Prepared> {
  const { flow, run } = use;
  let chosen: ProfileGroup | null = group;
  for (let look = 0; look < LOOKS; look += 1) {
    if (chosen === null) return { state: 'gone', key: group };
    const facts = receipt === undefined ? null : await factsOf(flow.mirror, chosen.files);
    if (facts !== null && receipt !== undefined && isProvenBy(receipt, facts)) {
      if (receipt.run === run) return { state: 'done', key: group };
      if (!isForced) return { state: 'current', key: group };
    }
    const files = await readSources(flow.mirror, chosen.files).catch(asRejection);
    if (isFailure(files)) return reject(use, chosen, files.code, files.message, 0);
    if (files !== null) {
      const one = await translate(use, chosen, files);
      // An unreadable file may be one in motion: what is rejected must still be what lies there.
      if (one.state === 'translated' || (await isStill(flow.mirror, files))) return one;
    }
    chosen = selectFiles(group, (await profilesOf(flow.mirror, group)).get(group.number) ?? new Set());
  }
  const message = `The files of ${keyText(group)} changed ${LOOKS} times while they were being read. Load the profile again when they have come to rest.`;
  return reject(use, group, 'source_moving', message, 0);
}

function asRejection(error: unknown): Failure {
  if (isRejection(error)) return error;
  throw error;
}

async function translate(use: Preparation, group: ProfileGroup, files: readonly SourceFile[]): Promise<Prepared> {
  const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  try {
    const answer = await translateFiles(group, files, { hdf5: use.hdf5, now: use.now(), sourceUrl: use.flow.sourceUrl });
    if (answer.state === 'rejected') return reject(use, group, answer.code, answer.message, bytes);
    // That files disagree stands in the document itself.
    for (const { event, path, detail } of answer.notes)
      use.log[event === 'files_disagree' ? 'debug' : 'info']({ event, flow: use.flow.name, path, detail });
    return { state: 'translated', key: group, files: files.map(proofOf), profile: answer.argo, metadata: answer.argoMeta };
  } catch (error) {
    if (isFailure(error) && error.kind === 'again') throw error;
    // One profile must never stop a list of thousands, not even by a fault of ours.
    use.log.error({ event: 'translation_fault', item: keyText(group), err: error });
    return reject(
      use,
      group,
      'translation_fault',
      `${keyText(group)} could not be translated: ${messageOf(error)}. Report this with the file.`,
      bytes,
    );
  }
}

/** Source bytes that were read for a profile. */
export function bytesOf(one: Prepared): number {
  if (one.state === 'translated') return one.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return one.state === 'rejected' ? one.bytes : 0;
}

const proofOf = ({ path, sizeBytes, mtimeMs, sha256 }: SourceFile): FileReceipt => ({ path, sizeBytes, mtimeMs, sha256 });

function reject({ flow }: Preparation, group: ProfileGroup, code: string, message: string, bytes: number): Prepared {
  return {
    state: 'rejected',
    key: group,
    bytes,
    rejected: { flow: flow.name, kind: 'argo', item: keyText(group), files: group.files, code, message },
  };
}

/** The receipt names exactly these files, sizes and times, and was made by the rules of today. */
export function isProvenBy(receipt: Receipt, facts: readonly FileFacts[]): boolean {
  if (receipt.rules !== RULES_VERSION || receipt.files.length !== facts.length) return false;
  return facts.every((fact, at) => {
    const file = receipt.files[at];
    return file !== undefined && file.path === fact.path && file.sizeBytes === fact.sizeBytes && file.mtimeMs === fact.mtimeMs;
  });
}

async function isStill(root: string, files: readonly SourceFile[]): Promise<boolean> {
  const paths = files.map(({ path }) => path);
  const facts = await factsOf(root, paths);
  return facts?.every(({ sizeBytes, mtimeMs }, at) => files[at]?.sizeBytes === sizeBytes && files[at]?.mtimeMs === mtimeMs) === true;
}
