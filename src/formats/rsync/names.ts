/** Why a listed name must not touch a path or a command line. */
export type NameProblem = 'empty' | 'absolute' | 'parent_folder' | 'leading_dash' | 'control_character' | 'not_utf8';

/**
 * A name as rsync printed it. `text` is decoded when its bytes are plain UTF-8 without control characters; otherwise it keeps rsync's
 * escapes (`\#012` is a newline), so that it can be shown and stored. A name with a `problem` is for showing only.
 */
export interface ListedName {
  readonly name: string;
  readonly problem: NameProblem | null;
}

// rsync escapes bytes outside printable ASCII (in the C locale) and a backslash that would look like an escape.
const ESCAPE = /\\#([0-3][0-7]{2})/g;
const CONTROL = /\p{C}/u;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function readName(printed: string): ListedName {
  if (!printed.includes('\\#')) return { name: CONTROL.test(printed) ? visible(printed) : printed, problem: problemOf(printed) };
  const decoded = decodeUtf8(unescapeName(printed));
  if (decoded === null) return { name: visible(printed), problem: 'not_utf8' };
  const problem = problemOf(decoded);
  return { name: CONTROL.test(decoded) ? visible(printed) : decoded, problem };
}

/** The bytes that rsync meant: `\#ooo` is one byte, everything else stands for itself. */
export function unescapeName(printed: string): Uint8Array {
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const match of printed.matchAll(ESCAPE)) {
    parts.push(Buffer.from(printed.slice(end, match.index), 'utf8'), Uint8Array.of(Number.parseInt(match[1] ?? '0', 8)));
    end = match.index + match[0].length;
  }
  parts.push(Buffer.from(printed.slice(end), 'utf8'));
  return Buffer.concat(parts);
}

function problemOf(name: string): NameProblem | null {
  if (name === '') return 'empty';
  if (name.includes('\uFFFD')) return 'not_utf8';
  if (CONTROL.test(name)) return 'control_character';
  if (name.startsWith('/')) return 'absolute';
  if (name.includes('..') && name.split('/').includes('..')) return 'parent_folder';
  if (name.startsWith('-') || name.includes('/-')) return 'leading_dash';
  return null;
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Writes what a terminal would act on as escapes, so that a hostile name can be printed. */
const visible = (text: string): string =>
  text.replace(/\p{C}/gu, (character) =>
    [...Buffer.from(character, 'utf8')].map((byte) => `\\#${byte.toString(8).padStart(3, '0')}`).join(''),
  );
