import { type DataFileName, parseDataFileName } from '../order.ts';
import { dateOf, isHtml, maintenance, retryAfterMs, statusFailure } from './answers.ts';
import { type CatalogEntry, readCatalog } from './catalog.ts';
import type { Facility } from './client.ts';
import type { AcceptedRequest } from './request.ts';
import { sortInPieces } from './sort-pieces.ts';
import { within } from './within.ts';

/** One data file that the catalog of a request lists. JSON-safe. */
export interface ListedFile {
  readonly file: DataFileName;
  /** Rounded to four digits. */
  readonly roughBytes: number | null;
  readonly modified: string | null;
}

/** What is in the folder of a request. */
export type Listing =
  | { readonly state: 'absent' }
  | {
      readonly state: 'listed';
      /** The data files of the table, in the order that counts. */
      readonly files: readonly ListedFile[];
      /** Names of provenance files. */
      readonly provenance: readonly string[];
      /** Data files of co-located instruments, and everything else. */
      readonly others: number;
      /** Names that are no plain file names, as JSON, the first ones: they are never asked for. */
      readonly refused: readonly string[];
      readonly roughBytes: number;
    };

/** While it comes, a file's name is followed by up to 14 letters more. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._+=,@-]{0,240}$/;
/** May become a file name on this machine and the end of an address. */
export const isPlainName = (name: string): boolean => PLAIN.test(name);

const REFUSED_SHOWN = 20;

/** A folder of the facility as it comes. */
export interface OpenCatalog {
  readonly entries: AsyncIterable<CatalogEntry>;
  /** What the facility's clock said. Milliseconds since 1970; null: it did not say. */
  readonly saidAt: number | null;
}

/** The catalog at an address; null: 404. @throws {Failure} as `readCatalog`, and of the facility. */
export async function openCatalog(facility: Facility, address: string, signal: AbortSignal): Promise<OpenCatalog | null> {
  const got = await facility.open(address, signal);
  if (got.status !== 200) {
    got.discard();
    if (got.status === 404) return null;
    throw statusFailure('a catalog', got.status, retryAfterMs(got.headers['retry-after'], facility.now()));
  }
  return { entries: readCatalog(withoutHtml(got.body)), saidAt: dateOf(got.headers) };
}

async function* withoutHtml(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const part of body) {
    if (isFirst) {
      const start = Buffer.from(part).toString('utf8');
      if (isHtml(start)) throw maintenance('a catalog', start);
    }
    isFirst = false;
    yield part;
  }
}

/** Lists the folder of a request, names checked. */
export async function listFiles(facility: Facility, { catalogUrl }: AcceptedRequest, table: string, signal: AbortSignal): Promise<Listing> {
  return await within(facility.timeoutMs, 'a catalog', signal, async (either) => {
    const catalog = await openCatalog(facility, catalogUrl, either);
    return catalog === null ? { state: 'absent' } : await sorted(catalog.entries, table);
  });
}

/** How much there is in the folder of a request, without a list of it. */
export async function countFiles(
  facility: Facility,
  { catalogUrl }: AcceptedRequest,
  table: string,
  signal: AbortSignal,
): Promise<{ readonly state: 'absent' } | { readonly state: 'there'; readonly dataFiles: number; readonly roughBytes: number }> {
  return await within(facility.timeoutMs, 'a catalog', signal, async (either) => {
    const catalog = await openCatalog(facility, catalogUrl, either);
    if (catalog === null) return { state: 'absent' };
    let dataFiles = 0;
    let bytes = 0;
    for await (const { kind, name, roughBytes } of catalog.entries) {
      if (kind !== 'file' || !isPlainName(name) || parseDataFileName(name, table) === null) continue;
      dataFiles += 1;
      bytes += roughBytes ?? 0;
    }
    return { state: 'there', dataFiles, roughBytes: bytes };
  });
}

/** `compareFiles` for names that are plain: their characters are bytes, so comparing is quick. */
export const comparePlain = (a: DataFileName, b: DataFileName): number =>
  a.deployment - b.deployment || plainly(a.start, b.start) || plainly(a.end, b.end) || plainly(a.name, b.name);
const plainly = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

async function sorted(entries: AsyncIterable<CatalogEntry>, table: string): Promise<Listing> {
  const files = new Map<string, ListedFile>();
  const provenance: string[] = [];
  const refused: string[] = [];
  let others = 0;
  for await (const { kind, name, roughBytes, modified } of entries) {
    const file = isPlainName(name) && kind === 'file' ? parseDataFileName(name, table) : null;
    if (file !== null) files.set(name, { file, roughBytes, modified });
    else if (!isPlainName(name)) refused.push(...(refused.length < REFUSED_SHOWN ? [JSON.stringify(name.slice(0, 200))] : []));
    else if (name.endsWith('_aggregate_provenance.json')) provenance.push(name);
    else others += 1;
  }
  const inOrder = await sortInPieces(files.values(), (a, b) => comparePlain(a.file, b.file));
  const roughBytes = inOrder.reduce((sum, file) => sum + (file.roughBytes ?? 0), 0);
  return { state: 'listed', files: inOrder, provenance, others, refused, roughBytes };
}
