import { wrapped } from '../observe/format.ts';
import { recommended } from './output.ts';

const INDENT = '    ';

/** A table with, below each of its rows, what there is to say of it, each text in lines of at most `width` columns. */
export function saidBelow(table: string, said: readonly (readonly string[])[], width: number): string {
  const [titles, ...rows] = table.split('\n');
  // A command that a line's end tears is known before it is torn.
  const below = said.map((texts) => texts.flatMap((text) => wrapped(recommended(text), width - INDENT.length)));
  return [titles, ...rows.flatMap((row, at) => [row, ...(below[at] ?? []).map((line) => `${INDENT}${line}`)])].join('\n');
}
