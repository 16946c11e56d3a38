import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../src/errors.ts';
import type { OpenSeriesInput, SeriesInputOptions } from '../../src/ooi/files/input.ts';
import { withReadableFiles } from '../../src/ooi/files/readable.ts';
import { readManifest } from '../../src/ooi/m2m/manifest.ts';
import { owedByFiles } from '../../src/ooi/requests/range.ts';
import type { FileReport, RequestRef, SchemaNotes } from '../../src/ooi/series.ts';
import type { Brought, LeftOutFile } from './contracts.ts';

/** What conversion takes from the spool of a request. */
export interface SpoolInput extends Pick<SeriesInputOptions, 'request' | 'table' | 'hdf5' | 'scratch' | 'maximum'> {
  readonly folder: string;
  readonly known?: SchemaNotes;
  readonly signal: AbortSignal;
}

/**
 * Opens the files of a request and works with them. When one turns out to be damaged in its middle while it is read, all is done once more without it.
 * @throws {Failure} `spool_incomplete` (replan): its files are not all at hand.
 */
export async function withInput<T>(
  input: SpoolInput,
  work: (opened: OpenSeriesInput) => Promise<T>,
): Promise<{ readonly result: T; readonly brought: Brought }> {
  const { named: files, broken } = await filesIn(input);
  return await withReadableFiles({ ...input, files, broken }, async (opened) => {
    const result = await work(opened);
    return { result, brought: broughtBy(opened.files, input.request) };
  });
}

async function filesIn({ folder, request }: SpoolInput): Promise<{
  readonly named: readonly { readonly name: string; readonly path: string }[];
  readonly broken: ReadonlyMap<string, string>;
}> {
  const manifest = await readManifest(folder);
  if (manifest?.isComplete !== true) {
    throw new Failure({
      kind: 'replan',
      code: 'spool_incomplete',
      happened: `The files of request ${request.id} are not all in ${folder}`,
      remedy: 'Start the job again: it fetches what is missing. Where several hosts do this work, set queueSuffix in the flow',
    });
  }
  const lines = [...manifest.files.values()];
  const unreadable = lines.flatMap((line) =>
    line.state === 'left_out' && line.reason === 'unreadable' ? [[line.name, line.message] as const] : [],
  );
  return { named: lines.map(({ name }) => ({ name, path: join(folder, name) })), broken: new Map(unreadable) };
}

/** Names in a result: the rest is counted. */
const MOST_NAMED = 100;

function broughtBy(files: readonly FileReport[], request: RequestRef): Brought {
  const read = files.flatMap((file) => (file.state === 'read' ? [file] : []));
  const leftOut = files.flatMap((file): readonly LeftOutFile[] =>
    file.state === 'left_out' ? [{ name: file.file.name, reason: file.reason }] : [],
  );
  return {
    rowsRead: read.reduce((sum, { rows }) => sum + rows, 0),
    rowsDropped: read.reduce((sum, { dropped }) => sum + dropped, 0),
    files: files.length,
    leftOut: leftOut.length,
    degrading: leftOut.filter(({ reason }) => reason !== 'empty').length,
    leftOutFiles: leftOut.slice(0, MOST_NAMED),
    owed: owedByFiles(files, request),
  };
}

/** @returns the request as it stands with a store's rows. */
export const refOf = ({ id, kind, requestedAt, begin, end }: RequestRef): RequestRef => ({ id, kind, requestedAt, begin, end });

export const dropSpool = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });
