import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, Failure, isFailure } from '../../errors.ts';
import type { DataFileName } from '../order.ts';
import type { FileReport } from '../series.ts';
import type { Wait } from './back-off.ts';
import type { Facility } from './client.ts';
import { downloadFile } from './download.ts';
import { comparePlain, isPlainName, type ListedFile } from './listing.ts';
import { type FileLine, type ManifestWriter, openManifest, readManifest } from './manifest.ts';
import type { AcceptedRequest } from './request.ts';
import { sortInPieces } from './sort-pieces.ts';

export interface SpoolRequest {
  readonly request: AcceptedRequest;
  /** What to fetch, as `listFiles` found it. */
  readonly files: readonly ListedFile[];
  /** The request's own folder; made if it is not there. */
  readonly folder: string;
  /** Files at once. */
  readonly width: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: SpoolProgress) => void;
  readonly idleMs?: number;
  readonly wait?: Wait;
}

export interface SpoolProgress {
  readonly files: number;
  readonly filesDone: number;
  /** That came over the network in this call. */
  readonly bytes: number;
  /** What the catalog says all files have together, rounded. */
  readonly roughBytes: number;
}

/** A file at hand. */
export interface SpooledFile {
  readonly file: DataFileName;
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface Spooled {
  readonly files: readonly SpooledFile[];
  readonly leftOut: readonly Extract<FileReport, { readonly state: 'left_out' }>[];
  /** Fetched in this call; the others were at hand. */
  readonly fetched: number;
  readonly bytes: number;
}

/**
 * Fetches the data files of a request into its spool folder, a few at once. A repeat fetches what is missing: what is in the manifest and on
 * disk with its length is not asked for again.
 * @throws {Failure} as `downloadFile`, after the other downloads have ended; `foreign_spool` (stop).
 */
export async function fetchRequest(facility: Facility, spool: SpoolRequest): Promise<Spooled> {
  const { folder, files, request } = spool;
  for (const { file } of files) if (!isPlainName(file.name)) throw badName(file.name);
  await mkdir(folder, { recursive: true });
  const manifest = await openManifest(folder, { request: request.id, downloadUrl: request.downloadUrl });
  try {
    const before = (await readManifest(folder))?.files ?? new Map<string, FileLine>();
    const missing = await missingOf(folder, files, before);
    const bytes = await fetchAll(facility, spool, missing, manifest);
    await manifest.add({ state: 'complete', files: files.length });
    const names = new Map(files.map(({ file }) => [file.name, file]));
    return { ...(await atHand(folder, (name) => names.get(name) ?? null)), fetched: missing.length, bytes };
  } finally {
    await manifest.close();
  }
}

async function atHand(folder: string, fileOf: (name: string) => DataFileName | null): Promise<Pick<Spooled, 'files' | 'leftOut'>> {
  const manifest = await readManifest(folder);
  if (manifest === null || !manifest.isComplete) throw incomplete(folder);
  const at: SpooledFile[] = [];
  const leftOut: Spooled['leftOut'][number][] = [];
  for (const line of manifest.files.values()) {
    const file = fileOf(line.name);
    if (file === null) continue;
    if (line.state === 'left_out') leftOut.push({ state: 'left_out', file, reason: line.reason, message: line.message });
    else at.push({ file, path: join(folder, file.name), sizeBytes: line.sizeBytes, sha256: line.sha256 });
  }
  const inOrder = (a: { readonly file: DataFileName }, b: { readonly file: DataFileName }): number => comparePlain(a.file, b.file);
  return { files: await sortInPieces(at, inOrder), leftOut: await sortInPieces(leftOut, inOrder) };
}

async function missingOf(
  folder: string,
  files: readonly ListedFile[],
  lines: ReadonlyMap<string, FileLine>,
): Promise<readonly ListedFile[]> {
  const missing: ListedFile[] = [];
  for (const listed of files) {
    const line = lines.get(listed.file.name);
    const isThere = line?.state === 'fetched' && line.modified === listed.modified;
    if (!isThere || (await sizeOf(join(folder, listed.file.name))) !== line.sizeBytes) missing.push(listed);
  }
  return missing;
}

async function fetchAll(
  facility: Facility,
  spool: SpoolRequest,
  missing: readonly ListedFile[],
  manifest: ManifestWriter,
): Promise<number> {
  const { files, folder, width, request, onProgress, idleMs, wait } = spool;
  const stop = new AbortController();
  const signal = AbortSignal.any([spool.signal, stop.signal]);
  const roughBytes = files.reduce((sum, { roughBytes: some }) => sum + (some ?? 0), 0);
  let filesDone = files.length - missing.length;
  let bytes = 0;
  const say = (): void => onProgress?.({ files: files.length, filesDone, bytes, roughBytes });
  const queue = missing.values();
  const worker = async (): Promise<void> => {
    for (const { file, modified } of queue) {
      const got = await downloadFile(facility, {
        url: `${request.downloadUrl}/${encodeURIComponent(file.name)}`,
        target: join(folder, file.name),
        what: file.name,
        signal,
        isDown: (until) => isDown(facility, request, until),
        onBytes: (some) => {
          bytes += some;
          say();
        },
        ...(idleMs === undefined ? {} : { idleMs }),
        ...(wait === undefined ? {} : { wait }),
      });
      await manifest.add(got.state === 'fetched' ? { ...got, name: file.name, modified } : { ...got, name: file.name });
      filesDone += 1;
      say();
    }
  };
  say();
  await allOrFirstFailure(Array.from({ length: Math.max(1, width) }, worker), stop);
  return bytes;
}

/** In maintenance a facility answers everything with its page, also what it surely has. */
async function isDown(facility: Facility, { statusUrl }: AcceptedRequest, signal: AbortSignal): Promise<boolean> {
  try {
    await facility.text(statusUrl, 'the state of a request', signal);
    return false;
  } catch (error) {
    if (!isFailure(error) || error.kind !== 'again') throw error;
    return true;
  }
}

/** Waits for all; the first failure stops the others, which keep what they have, and is the one that is thrown. */
async function allOrFirstFailure(work: readonly Promise<void>[], stop: AbortController): Promise<void> {
  const failures: unknown[] = [];
  const seen = work.map((one) =>
    one.catch((error: unknown) => {
      failures.push(error);
      stop.abort(error);
    }),
  );
  await Promise.all(seen);
  if (failures.length > 0) throw failures[0];
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

const badName = (name: string): Failure =>
  new Failure({ kind: 'stop', code: 'bad_name', happened: `${JSON.stringify(name.slice(0, 200))} cannot be the name of a file here` });

const incomplete = (folder: string): Failure =>
  new Failure({
    kind: 'replan',
    code: 'spool_incomplete',
    happened: `Not all files of the request were fetched into ${folder}`,
    remedy: 'Fetch the request again; what is at hand is not asked for again',
  });
