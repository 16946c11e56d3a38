import { readLines } from '../transfer/lines.ts';
import { sortUnique } from '../transfer/sort.ts';
import type { SortSettings } from './mirror-plan.ts';

/** Why an id should be in the collection, or that it is. */
export type AccountLine =
  /** A document of this id is there. */
  | { readonly sign: 'there'; readonly id: string }
  /** This rebuild made the document for this item. */
  | { readonly sign: 'made'; readonly id: string; readonly item: string }
  /** The item was rejected: its older document of this id, if there is one, stays. */
  | { readonly sign: 'kept'; readonly id: string; readonly item: string };

/** Some of what breaks a rule, enough to begin looking. */
export interface Sample {
  readonly count: number;
  readonly sample: readonly string[];
}

/** What is in the collection, and for what reason. */
export interface Accounts {
  readonly documents: number;
  /** Items that this rebuild made documents for. */
  readonly items: number;
  /** Distinct ids of those. */
  readonly made: number;
  /** Older documents of profiles that are rejected now. */
  readonly kept: number;
  /** Documents that no file accounts for. */
  readonly leftovers: Sample;
  /** Ids that more than one item gave: the later one won. */
  readonly twice: Sample;
  /** Ids that were made and are not there. */
  readonly missing: Sample;
}

const SAMPLE = 10;
const SIGNS = { there: 'd', made: 'm', kept: 'k' } as const;

/** Brings all lines into the order of ids, in constant memory. */
export async function sortAccounts(lines: AsyncIterable<readonly AccountLine[]>, settings: SortSettings): Promise<void> {
  await sortUnique(texts(lines), settings);
}

async function* texts(batches: AsyncIterable<readonly AccountLine[]>): AsyncGenerator<string, void, undefined> {
  for await (const lines of batches) if (lines.length > 0) yield lines.map(textOf).join('');
}

const textOf = (line: AccountLine): string => `${encoded(line.id)} ${SIGNS[line.sign]}${line.sign === 'there' ? '' : ` ${line.item}`}\n`;

/** Adds up what was sorted. Memory: what is said of one id. */
export async function addUpAccounts(file: string): Promise<Accounts> {
  const counts = { documents: 0, items: 0, made: 0, kept: 0 };
  const [leftovers, twice, missing] = [new Samples(), new Samples(), new Samples()];
  for await (const account of accountsById(file)) {
    const { id, isThere, makers, isKept } = account;
    counts.items += makers.length;
    if (isThere) counts.documents += 1;
    if (makers.length > 0) counts.made += 1;
    else if (isThere && isKept) counts.kept += 1;
    if (makers.length > 0 && !isThere) missing.add(`${id} (${makers.join(', ')})`);
    if (makers.length > 1) twice.add(`${id} (${makers.join(', ')})`);
    if (isLeftover(account)) leftovers.add(id);
  }
  return { ...counts, leftovers: leftovers.all(), twice: twice.all(), missing: missing.all() };
}

/** Ids of documents that no file accounts for, in byte order. */
export async function* leftoverIds(file: string): AsyncGenerator<string, void, undefined> {
  for await (const account of accountsById(file)) if (isLeftover(account)) yield account.id;
}

interface Account {
  readonly id: string;
  readonly isThere: boolean;
  /** Items that this rebuild made it for. */
  readonly makers: readonly string[];
  readonly isKept: boolean;
}

const isLeftover = ({ isThere, makers, isKept }: Account): boolean => isThere && makers.length === 0 && !isKept;

async function* accountsById(file: string): AsyncGenerator<Account, void, undefined> {
  let lines: string[] = [];
  let id: string | null = null;
  for await (const batch of readLines(file)) {
    for (const line of batch.lines) {
      const blank = line.indexOf(' ');
      if (line.slice(0, blank) !== id) {
        if (id !== null) yield accountOf(id, lines);
        id = line.slice(0, blank);
        lines = [];
      }
      lines.push(line.slice(blank + 1));
    }
  }
  if (id !== null) yield accountOf(id, lines);
}

const accountOf = (id: string, lines: readonly string[]): Account => ({
  id: decoded(id),
  isThere: lines.includes(SIGNS.there),
  makers: lines.filter((line) => line.startsWith(`${SIGNS.made} `)).map((line) => line.slice(2)),
  isKept: lines.some((line) => line.startsWith(`${SIGNS.kept} `)),
});

/** An id that somebody else chose may hold blanks. */
const encoded = (id: string): string => (/[\s%]/.test(id) ? encodeURIComponent(id) : id);
const decoded = (id: string): string => (id.includes('%') ? decodeURIComponent(id) : id);

class Samples {
  #count = 0;
  readonly #sample: string[] = [];

  add(text: string): void {
    this.#count += 1;
    if (this.#sample.length < SAMPLE) this.#sample.push(text);
  }

  all(): Sample {
    return { count: this.#count, sample: this.#sample };
  }
}
