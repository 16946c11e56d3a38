import type { GlobalOptions } from './output.ts';

/** A command that is recommended: the program's name in front of one of its words, with nothing said yet of where. */
const RECOMMENDED = /(?<![\w./@-])(?:npx )?landfall (?=([a-z]+)\b)/g;

/** A command for a flow, or for one of its jobs, as it is recommended. */
export const commandFor = (word: string, flow: string, job: string | null): string =>
  `landfall ${word} ${flow}${job === null ? '' : ` --job ${job}`}`;

/** Where the words are typed: by npx the program is on no path, and a home that was named has to be named again. */
export interface Typed extends Pick<GlobalOptions, 'home' | 'flows'> {
  readonly isByNpx: boolean;
}

export const typedHere = ({ home, flows }: GlobalOptions, env: NodeJS.ProcessEnv = process.env): Typed => ({
  ...(home === undefined ? {} : { home }),
  ...(flows === undefined ? {} : { flows }),
  // what npm tells of itself
  isByNpx: env.npm_command === 'exec',
});

/** The text with its commands as this person can type them. Pure. */
export function asTyped(text: string, { home, flows, isByNpx }: Typed, commands: ReadonlySet<string>): string {
  const name = isByNpx ? 'npx landfall' : 'landfall';
  const where = [home === undefined ? '' : ` --home ${quoted(home)}`, flows === undefined ? '' : ` --flows ${quoted(flows)}`].join('');
  return text.replace(RECOMMENDED, (found, word: string) => (commands.has(word) ? `${name}${where} ` : found));
}

/** As a shell takes it for one word. */
const quoted = (path: string): string => (/^[\w./~+=:@%-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);
