import { type Document, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLError } from 'yaml';
import { found, type Problem } from './problems.ts';

/** A YAML text as plain values, with the way back from a value to its line. */
export interface YamlText {
  readonly value: unknown;
  /** The line (from 1) of the key that leads to a value, or of the nearest one around it that is written. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** A flow file is some fifty lines. The bound keeps a wrong file (a data file, a log) from being read into memory and parsed. */
export const LONGEST_FILE = 256 * 1024;

/** An anchor repeated in anchors multiplies: a file of one line can ask for gigabytes. Honest files repeat a few values. */
const MOST_ALIASES = 50;

/** No flow needs five; what walks through a value needs some bound, and an alias can make a value hold itself. */
const DEEPEST = 32;
const TOO_DEEP = `values stand inside one another more than ${DEEPEST} deep, or hold themselves by an alias. Expected a flat file.`;

export function readYaml(text: string): YamlText | readonly Problem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true, strict: true, uniqueKeys: true, logLevel: 'error' });
  const errors = [...document.errors, ...document.warnings];
  if (errors.some(({ message }) => STACK.test(message))) return [{ path: '', text: TOO_DEEP }];
  if (errors.length > 0) return errors.map((error) => problemOf(error, text, lines));
  try {
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    if (isDeeperThan(DEEPEST, value)) return [{ path: '', text: TOO_DEEP }];
    return { value, lineOf: (path) => lines.linePos(offsetOf(document, path)).line };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const unresolved = /^Unresolved alias .*: (.*)$/.exec(error.message)?.[1];
    const reason =
      unresolved === undefined
        ? `the aliases (*name) stand for too many values. Expected at most ${MOST_ALIASES}: write the values out.`
        : `the alias *${unresolved} stands for nothing. Expected an anchor &${unresolved} before it.`;
    return [{ path: '', text: reason }];
  }
}

/** How the parser reports that it ran out of stack. */
const STACK = /call stack|stack overflow/i;

function isDeeperThan(depth: number, value: unknown, around: readonly unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (around.length === depth || around.includes(value)) return true;
  return Object.values(value).some((inner) => isDeeperThan(depth, inner, [...around, value]));
}

/** The commonest slips in words of our own; other errors keep the first line of the parser's. */
function problemOf(error: YAMLError, text: string, lines: LineCounter): Problem {
  const line = lines.linePos(error.pos[0]).line;
  const said = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
  const own = SENTENCES.get(error.code);
  const sentence = own === undefined ? `this is not YAML: ${said}.` : own(found(keyAt(text, error.pos[0])));
  return { line, path: '', text: sentence };
}

const SENTENCES: ReadonlyMap<string, (key: string) => string> = new Map([
  ['DUPLICATE_KEY', (key: string) => `the key ${key} is written twice. Expected each key once: remove one of the two.`],
  ['TAB_AS_INDENT', () => 'the line is indented by a tab. Expected blanks.'],
  [
    'BLOCK_AS_IMPLICIT_KEY',
    () => 'a colon and a blank inside a value begin another mapping. Expected quotes around a value that holds them.',
  ],
  ['MULTIPLE_DOCS', () => 'the file holds more than one document. Expected one flow in a file: put the next into a file of its own.'],
  [
    'TAG_RESOLVE_FAILED',
    () => 'a tag (!name) is not understood. Expected plain values: quote a text that begins with an exclamation mark.',
  ],
]);

const keyAt = (text: string, offset: number): string => /^["']?([^:"'\n]*)/.exec(text.slice(offset, offset + 80))?.[1]?.trim() ?? '';

function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = startOf(document.contents) ?? 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) return offset;
      offset = isScalar(pair.key) ? (startOf(pair.key) ?? offset) : offset;
      node = pair.value;
    } else if (isSeq(node) && typeof key === 'number') {
      node = node.items[key];
      offset = isNodeWithRange(node) ? (startOf(node) ?? offset) : offset;
    } else {
      return offset;
    }
  }
  return offset;
}

const isNodeWithRange = (node: unknown): node is Node => typeof node === 'object' && node !== null && 'range' in node;
const startOf = (node: Node | null | undefined): number | undefined => node?.range?.[0];
