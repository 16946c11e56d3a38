import { SaxesParser } from 'saxes';
import { Failure, messageOf } from '../../errors.ts';

/** One file, or one folder, that a catalog lists. The name is as it came: check it before it touches a path. */
export interface CatalogEntry {
  readonly kind: 'file' | 'folder';
  readonly name: string;
  readonly urlPath: string | null;
  /** Rounded to four digits: good for a sum, never for a check. null: not said. */
  readonly roughBytes: number | null;
  /** As written. */
  readonly modified: string | null;
}

export const CATALOG_LIMITS = { entries: 200_000, bytes: 512 * 1024 * 1024, depth: 32, text: 10_000, piece: 1024 * 1024 } as const;

const NAMESPACE = 'http://www.unidata.ucar.edu/namespaces/thredds/InvCatalog/v1.0';
/** Decimal multiples, as the server means them. */
const UNITS: Readonly<Record<string, number>> = { bytes: 1, Kbytes: 1e3, Mbytes: 1e6, Gbytes: 1e9, Tbytes: 1e12 };
/** Characters parsed in one turn of the event loop: some milliseconds. */
const PIECE = 64 * 1024;

/**
 * Reads a THREDDS catalog piece by piece: what is directly below the catalog's own dataset, in the order it is listed.
 * @throws {Failure} again, `bad_catalog`: it is no catalog, or ends too early; stop, `catalog_too_large`.
 */
export async function* readCatalog(parts: AsyncIterable<Uint8Array>, limits: CatalogLimits = CATALOG_LIMITS): AsyncGenerator<CatalogEntry> {
  const reader = new CatalogReader(limits);
  const decoder = new TextDecoder('utf-8');
  let bytes = 0;
  for await (const part of parts) {
    bytes += part.length;
    if (bytes > limits.bytes) throw tooLarge(`${limits.bytes} bytes`);
    yield* inPieces(reader, decoder.decode(part, { stream: true }));
  }
  yield* inPieces(reader, decoder.decode());
  yield* reader.end();
}

async function* inPieces(reader: CatalogReader, text: string): AsyncGenerator<CatalogEntry> {
  for (let from = 0; from < text.length; from += PIECE) {
    if (from > 0) await new Promise(setImmediate);
    yield* reader.write(text.slice(from, from + PIECE));
  }
}

export interface CatalogLimits {
  readonly entries: number;
  readonly bytes: number;
  readonly depth: number;
  readonly text: number;
  /** Characters of one tag, text or comment: the parser keeps all of it until it ends. */
  readonly piece: number;
}

/** The elements around the present one that matter: the catalog, its dataset, and one that is listed there. */
const LISTED_DEPTH = 3;

class CatalogReader {
  readonly #limits: CatalogLimits;
  readonly #parser = new SaxesParser({ xmlns: true, position: false });
  #depth = 0;
  #count = 0;
  #open: { -readonly [Key in keyof CatalogEntry]: CatalogEntry[Key] } | null = null;
  #text: { readonly of: 'size' | 'date'; readonly unit: string; text: string } | null = null;
  #ready: CatalogEntry[] = [];
  #sinceEvent = 0;

  constructor(limits: CatalogLimits) {
    this.#limits = limits;
    this.#parser.on('error', (error) => {
      throw bad(`it is not well formed: ${messageOf(error).slice(0, 200)}`);
    });
    for (const event of ['comment', 'cdata', 'processinginstruction', 'doctype'] as const) this.#parser.on(event, this.#event);
    this.#parser.on('opentag', ({ local, uri, attributes }) => {
      this.#event();
      this.#depth += 1;
      if (this.#depth > limits.depth) throw tooLarge(`${limits.depth} levels`);
      if (this.#depth === 1 && (local !== 'catalog' || uri !== NAMESPACE)) throw bad(`its root is ${local.slice(0, 80)}`);
      this.#opened(local, (name) => attributes[name]?.value ?? null);
    });
    this.#parser.on('text', (text) => {
      this.#event();
      if (this.#text !== null && this.#text.text.length + text.length <= limits.text) this.#text.text += text;
    });
    this.#parser.on('closetag', () => {
      this.#event();
      this.#closed();
    });
  }

  readonly #event = (): void => {
    this.#sinceEvent = 0;
  };

  write(text: string): readonly CatalogEntry[] {
    this.#sinceEvent += text.length;
    this.#parser.write(text);
    if (this.#sinceEvent > this.#limits.piece) throw tooLarge(`${this.#limits.piece} characters in one tag, text or comment`);
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  end(): readonly CatalogEntry[] {
    this.#parser.close();
    return this.#ready;
  }

  #opened(local: string, attribute: (name: string) => string | null): void {
    if (this.#depth === LISTED_DEPTH && (local === 'dataset' || local === 'catalogRef')) {
      this.#count += 1;
      if (this.#count > this.#limits.entries) throw tooLarge(`${this.#limits.entries} entries`);
      const name = attribute('name') ?? attribute('xlink:title') ?? '';
      this.#open = { kind: local === 'dataset' ? 'file' : 'folder', name, urlPath: attribute('urlPath'), roughBytes: null, modified: null };
    } else if (this.#open !== null && local === 'dataSize') {
      this.#text = { of: 'size', unit: attribute('units') ?? 'bytes', text: '' };
    } else if (this.#open !== null && local === 'date' && attribute('type') === 'modified') {
      this.#text = { of: 'date', unit: '', text: '' };
    }
  }

  #closed(): void {
    if (this.#text !== null && this.#open !== null) {
      const { of, unit, text } = this.#text;
      if (of === 'date') this.#open.modified = text.trim();
      else this.#open.roughBytes = sizeOf(text, unit);
      this.#text = null;
    }
    if (this.#depth === LISTED_DEPTH && this.#open !== null) {
      this.#ready.push(this.#open);
      this.#open = null;
    }
    this.#depth -= 1;
  }
}

function sizeOf(text: string, unit: string): number | null {
  const size = Number(text.trim() || Number.NaN) * (UNITS[unit] ?? Number.NaN);
  return Number.isFinite(size) && size >= 0 ? Math.round(size) : null;
}

const bad = (why: string): Failure =>
  new Failure({ kind: 'again', code: 'bad_catalog', happened: `The catalog of a request cannot be read: ${why}` });

const tooLarge = (limit: string): Failure =>
  new Failure({ kind: 'stop', code: 'catalog_too_large', happened: `The catalog of a request has more than ${limit}` });
