import { isDeepStrictEqual } from 'node:util';
import type { Hdf5Pool } from '../../formats/netcdf/hdf5-pool.ts';
import { type Database, within } from '../../stores/mongo.ts';
import { DownloadFailure, type FetchedFile } from '../../transfer/fetched.ts';
import type { ArgoFlow } from '../flow.ts';
import { compareProfile } from './compare.ts';
import type { FetchUpstream } from './fetch.ts';
import type { Finding, FindingCode } from './findings.ts';
import { sourcePaths } from './sources.ts';
import { metadataIdOf, type StoredDocument, type StoredPair } from './stored.ts';
import { isRejectedFile, isUpstreamFile, openUpstream, type RejectedFile, type UpstreamFile } from './upstream-file.ts';

/** Why a profile is not judged now. */
export type SkipReason =
  /** The document has gone since it was drawn. */
  | 'gone'
  /** It was replaced at each of several looks. */
  | 'moving'
  /** A file is so new that the database may not have it yet. */
  | 'young'
  /** Repeated pressures: its data and sources cannot be compared. The rest was, and is right. */
  | 'degenerate_skipped'
  /** It is known that it could not be loaded; it waits for a new file. */
  | 'in_quarantine';

/** How a check ended. */
export type CheckEnd = { readonly files: readonly string[] } & (
  | { readonly state: 'clean' }
  | { readonly state: 'skipped'; readonly reason: SkipReason }
  | {
      readonly state: 'wrong' | 'failed';
      readonly findings: readonly Finding[];
      /** When the document that was found wrong had been loaded; null: it does not say. */
      readonly loadedAt: Date | null;
      /** No file could be had of that server: nothing is said about this one. */
      readonly isServerDown: boolean;
    }
);

export interface CheckDependencies {
  readonly database: Database;
  readonly fetchUpstream: FetchUpstream;
  readonly hdf5: Hdf5Pool;
  readonly now: () => Date;
}

export interface CheckRequest {
  readonly flow: ArgoFlow;
  /** `_id` of the document. */
  readonly id: string;
  readonly signal: AbortSignal;
  /** A server that cannot be read was asked often enough: that is the answer. Else it is thrown, to be asked again. */
  readonly isPatienceOver: boolean;
}

/** Centres change files in place, and the database follows within two nights. */
const SETTLED_MS = 48 * 3_600_000;

/** How often a document that is replaced while it is being checked is looked at again. */
const LOOKS = 3;

/** Compares one document with its files, fetched again. Nothing is written; a finding about a document that was replaced meanwhile is none. */
export async function checkProfile(use: CheckDependencies, request: CheckRequest): Promise<CheckEnd> {
  const { flow, id } = request;
  let files: readonly string[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const pair = await readPair(use.database, flow, id);
    if (pair === null) return { state: 'skipped', reason: 'gone', files };
    const end = await compareOnce(use, request, pair);
    ({ files } = end);
    if (end.state === 'clean' || end.state === 'skipped') return end;
    if (isDeepStrictEqual(await readPair(use.database, flow, id), pair)) return end;
  }
  return { state: 'skipped', reason: 'moving', files };
}

async function readPair(database: Database, { database: name, collections }: ArgoFlow, id: string): Promise<StoredPair | null> {
  const products = database.products(name);
  const read = (collection: string, _id: string): Promise<StoredDocument | null> =>
    within(`reading ${collection}`, () => products.collection<StoredDocument & { readonly _id: string }>(collection).findOne({ _id }));
  const profile = await read(collections.argo, id);
  if (profile === null) return null;
  const metadataId = metadataIdOf(profile);
  return { profile, metadata: metadataId === null ? null : await read(collections.argoMeta, metadataId) };
}

async function compareOnce(use: CheckDependencies, request: CheckRequest, pair: StoredPair): Promise<CheckEnd> {
  const { flow } = request;
  const loaded = pair.profile.date_updated_argovis;
  const common = { loadedAt: loaded instanceof Date ? loaded : null, isServerDown: false };
  const failed = (path: string | null, message: string, files: readonly string[], isServerDown: boolean): CheckEnd => ({
    ...common,
    state: 'failed',
    findings: [findingOf('download_failed', path, message)],
    files,
    isServerDown,
  });

  const sources = sourcePaths(pair.profile, flow.sourceUrl);
  if (sources.state === 'unknown') return failed(sources.path, sources.message, [], false);
  const { paths: files } = sources;
  const fetched = await fetchOrWhy(use, request, files);
  if (fetched instanceof DownloadFailure) return failed(fetched.path, fetched.why, files, fetched.kind === 'again');

  const opened: (UpstreamFile | RejectedFile)[] = [];
  for (const file of fetched) opened.push(await openUpstream(file, use.hdf5));
  const good = opened.filter(isUpstreamFile);
  if (good.some(({ updated }) => updated !== null && use.now().getTime() - updated.getTime() < SETTLED_MS))
    return { state: 'skipped', reason: 'young', files };
  const bad = opened.filter(isRejectedFile);
  if (bad.length > 0) {
    return { ...common, state: 'wrong', findings: bad.map(({ path, message }) => findingOf('file_rejected', path, message)), files };
  }

  const { findings, isDegenerate } = compareProfile(pair, good, flow.sourceUrl);
  if (findings.length > 0) return { ...common, state: 'wrong', findings, files };
  return isDegenerate ? { state: 'skipped', reason: 'degenerate_skipped', files } : { state: 'clean', files };
}

/** The files, or why they cannot be had. @throws what is to be tried again, or concerns more than this profile. */
async function fetchOrWhy(
  { fetchUpstream }: CheckDependencies,
  { flow, signal, isPatienceOver }: CheckRequest,
  paths: readonly string[],
): Promise<readonly FetchedFile[] | DownloadFailure> {
  try {
    return await fetchUpstream(flow, paths, signal);
  } catch (error) {
    if (error instanceof DownloadFailure && (error.kind === 'stop' || isPatienceOver)) return error;
    throw error;
  }
}

const findingOf = (code: FindingCode, path: string | null, message: string): Finding => ({
  code,
  path,
  field: null,
  pressure: null,
  stored: null,
  upstream: null,
  message,
});
