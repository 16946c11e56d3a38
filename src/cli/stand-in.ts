import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { z } from 'zod';
import { bound } from '../embedded/tether.ts';
import { Failure } from '../errors.ts';
import { formatBytes, formatItems } from '../observe/format.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const Ready = z.object({ url: z.string(), tree: z.string() });
const Checked = z.object({
  checked: z.number(),
  equal: z.number(),
  missing: z.number(),
  differing: z.number(),
  extra: z.number(),
  rejected: z.record(z.string(), z.number()),
  different: z.array(z.string()),
});
export type Checked = z.infer<typeof Checked>;

const Played = z.object({
  files: z.object({ added: z.number(), changed: z.number(), touched: z.number(), deleted: z.number() }),
  bytes: z.number(),
  profiles: z.object({ listed: z.number(), added: z.number(), deleted: z.number(), renamed: z.number() }),
});
/** What a facility did to its tree in a day. */
export type Played = z.infer<typeof Played>;
const Refused = z.object({ error: z.string() });

/** A facility in a box, running as a process of its own that ends with ours. */
export interface StandIn {
  readonly url: string;
  /** Changes the tree as a facility does from one night to the next. */
  playNight(night: number): Promise<Played>;
  stop(): Promise<void>;
}

export async function startStandIn(
  folder: string,
  size: { readonly floats: number; readonly cycles: number; readonly seed: number },
): Promise<StandIn> {
  const numbers = ['--floats', String(size.floats), '--cycles', String(size.cycles), '--seed', String(size.seed)];
  const [command, args] = bound(process.execPath, [`${root}standins/gdac/main.ts`, '--folder', folder, ...numbers, '--until-stdin-ends']);
  // A group of its own: Ctrl-C reaches us alone, and we end it after those who use it.
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    const { done, value } = await lines.next();
    if (done !== true) return JSON.parse(value);
    throw standInFailed('The stand-in ended before it answered', `Look above for its own words, and into ${folder}`);
  };
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.stdin.end();
    child.kill('SIGTERM');
    await exited;
  };
  try {
    const { url } = Ready.parse(await answer());
    return {
      url,
      async playNight(night) {
        child.stdin.write(`night ${night}\n`);
        return playedOf(await answer());
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @throws {Failure} `stand_in` (stop): the stand-in refused to play the night. */
export function playedOf(answer: unknown): Played {
  const refused = Refused.safeParse(answer);
  if (refused.success) throw standInFailed(`The stand-in could not play the next night: ${refused.data.error}`);
  return Played.parse(answer);
}

/** What changed, in words; what did not happen is left out. Pure. */
export function playedSentence({ files, bytes, profiles }: Played): string {
  const parts = [
    [profiles.added, `${formatItems(profiles.added, 'new profile')}`],
    [profiles.renamed, `${formatItems(profiles.renamed, 'profile')} R→D`],
    [profiles.deleted, `${formatItems(profiles.deleted, 'profile')} withdrawn`],
    [files.changed, `${formatItems(files.changed, 'file')} changed`],
    [files.touched, `${formatItems(files.touched, 'file')} only touched`],
    [files.deleted, `${formatItems(files.deleted, 'file')} deleted`],
  ] as const;
  const told = parts.flatMap(([count, words]) => (count > 0 ? [words] : []));
  return told.length === 0 ? 'nothing changes' : `${told.join(', ')}; ${formatBytes(bytes)} to send`;
}

/**
 * Compares every document with what the generator says it must be; in a process of its own, with no code of the loader.
 * @throws {Failure} `stand_in` (stop): the comparison itself could not be made.
 */
export async function checkStandIn(folder: string, uri: string, database: string): Promise<Checked> {
  const arguments_ = ['--folder', folder, '--uri', uri, '--database', database];
  const [command, args] = bound(process.execPath, [`${root}standins/gdac/check.ts`, ...arguments_]);
  const { stdout, stderr } = await execa(command, args, { reject: false });
  if (stdout !== '') return Checked.parse(JSON.parse(stdout));
  throw standInFailed(`The documents could not be compared with what they must be: ${stderr.trim() || 'the check said nothing'}`);
}

export const isRight = ({ missing, differing, extra }: Checked): boolean => missing === 0 && differing === 0 && extra === 0;

/** What the comparison says, with the first differences. Pure. */
export function verdict(checked: Checked): string {
  if (isRight(checked)) {
    return `Proved: all ${formatItems(checked.checked, 'profile')} are what the generator says they must be, and there is nothing else.`;
  }
  const { missing, differing, extra, different } = checked;
  return `NOT RIGHT: ${missing} missing, ${differing} different, ${extra} too many.\n${different.join('\n')}`;
}

function standInFailed(happened: string, remedy?: string): Failure {
  return new Failure({ kind: 'stop', code: 'stand_in', happened, ...(remedy === undefined ? {} : { remedy }) });
}
