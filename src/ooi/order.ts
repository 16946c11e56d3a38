import type { FileReport } from './series.ts';

/** What a data file of a request is called: its deployment, and the first and last time in it, which are relied on for order alone. */
export interface DataFileName {
  readonly name: string;
  readonly deployment: number;
  /** As written, such as `20230825T110737.287597`. */
  readonly start: string;
  readonly end: string;
}

const STAMP = String.raw`\d{8}T\d{6}(?:\.\d+)?Z?`;

/** Reads the name of a data file of the table; null for every other name, those of co-located instruments among them. Specification 7.5, rule 1. */
export function parseDataFileName(name: string, table: string): DataFileName | null {
  const [, deployment, found, start = '', end = ''] = new RegExp(`^deployment(\\d{4})_(.+)_(${STAMP})-(${STAMP})\\.nc$`).exec(name) ?? [];
  return deployment === undefined || found !== table ? null : { name, deployment: Number(deployment), start, end };
}

/** By deployment, start, end and name, texts by their bytes. Specification 7.5, rule 2. */
export function compareFiles(a: DataFileName, b: DataFileName): number {
  return a.deployment - b.deployment || compareBytes(a.start, b.start) || compareBytes(a.end, b.end) || compareBytes(a.name, b.name);
}

export const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * Where a row came from, as it counts: of two rows with one time the one with the higher rank stays, whatever order requests are
 * processed in. Older requests first, within a request the order of files, within a file the position.
 */
export interface Rank {
  /** When the request was made, ISO 8601 UTC; empty for rows that were in an adopted store before. */
  readonly requestedAt: string;
  readonly request: string;
  /** Position of the file in the request's order of files. */
  readonly file: number;
}

/** Rows of a store that somebody else began: older than any request. */
export const BEFORE: Rank = { requestedAt: '', request: '', file: 0 };

export const compareRanks = (a: Rank, b: Rank): number =>
  compareBytes(a.requestedAt, b.requestedAt) || compareBytes(a.request, b.request) || a.file - b.file;

/** The files of a request in their order, and so their ranks. */
export const inOrder = (reports: readonly FileReport[]): readonly FileReport[] => reports.toSorted((a, b) => compareFiles(a.file, b.file));
