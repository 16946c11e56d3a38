import { Failure } from '../../errors.ts';

/** One line of a CSV text, which may go over several lines of the file. */
export interface CsvLine {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Reads CSV as RFC 4180 has it: commas, fields in double quotes with doubled quotes inside, lines ended by LF or CRLF. Empty lines are
 * passed over, and so is a byte order mark.
 *
 * @param source what is read, for the message
 * @throws {Failure} `bad_csv` (stop)
 */
export function parseCsv(text: string, source: string): readonly CsvLine[] {
  const lines: CsvLine[] = [];
  let fields: string[] = [];
  let [line, begun] = [1, 1];
  const token = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  token.lastIndex = text.startsWith('\ufeff') ? 1 : 0;
  while (token.lastIndex < text.length || fields.length > 0) {
    const [whole, quoted, plain, end] = token.exec(text) ?? [];
    if (whole === undefined) throw badCsv(source, line, 'has a quote, or a carriage return, out of place');
    fields.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    line += newlines(whole);
    if (end === ',') continue;
    if (fields.length > 1 || fields[0] !== '') lines.push({ line: begun, fields });
    fields = [];
    begun = line;
  }
  return lines;
}

const newlines = (text: string): number => text.split('\n').length - 1;

export const badCsv = (source: string, line: number, what: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'bad_csv',
    happened: `Line ${line} of ${source} ${what}`,
    expected: 'comma-separated values with names of columns in the first line, each line as long as it, quotes doubled inside quotes',
    remedy: 'Export the sheet again, or correct that line',
  });
