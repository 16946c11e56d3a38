import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { z } from 'zod';
import { bound } from '../../embedded/tether.ts';
import { Failure } from '../../errors.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const Ready = z.object({ url: z.string(), tree: z.string() });

const PlayedNight = z.object({
  files: z.object({ added: z.number(), changed: z.number(), touched: z.number(), deleted: z.number() }),
  /** Of the files added and changed. */
  bytes: z.number(),
  profiles: z.object({ listed: z.number(), added: z.number(), deleted: z.number(), renamed: z.number() }),
});
export type PlayedNight = z.infer<typeof PlayedNight>;

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

/** A facility in a box, running as a process of its own that ends with ours. */
export interface StandIn {
  readonly url: string;
  /** Changes the tree as a facility does from one night to the next. */
  playNight(night: number): Promise<PlayedNight>;
  stop(): Promise<void>;
}

/** A night of a large tree is written in seconds; a process that does not end by then is killed. Milliseconds. */
const STOP_WITHIN_MS = 5_000;

export async function startStandIn(
  folder: string,
  size: { readonly floats: number; readonly cycles: number; readonly seed: number },
): Promise<StandIn> {
  const numbers = ['--floats', String(size.floats), '--cycles', String(size.cycles), '--seed', String(size.seed)];
  const [command, args] = bound(process.execPath, [`${root}standins/gdac/main.ts`, '--folder', folder, ...numbers, '--until-stdin-ends']);
  // A session of its own: Ctrl-C reaches us alone, and we end it in order.
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async <T>(schema: z.ZodType<T>): Promise<T> => {
    const { done, value } = await lines.next();
    const parsed = done === true ? null : schema.safeParse(JSON.parse(value));
    if (parsed?.success === true) return parsed.data;
    throw wentWrong(done === true ? 'The stand-in ended before it answered' : `The stand-in answered ${value}`, folder);
  };
  const { url } = await answer(Ready);
  return {
    url,
    async playNight(night) {
      child.stdin.write(`night ${night}\n`);
      return answer(PlayedNight);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Compares every document with what the generator says it must be; in a process of its own, with no code of the loader. */
export async function checkStandIn(folder: string, uri: string, database: string): Promise<Checked> {
  const [command, args] = bound(process.execPath, [
    `${root}standins/gdac/check.ts`,
    '--folder',
    folder,
    '--uri',
    uri,
    '--database',
    database,
  ]);
  const { stdout, exitCode } = await execa(command, [...args], { reject: false, stderr: 'inherit' });
  if (exitCode === 0 || exitCode === 1) return Checked.parse(JSON.parse(stdout));
  throw wentWrong('The documents could not be compared with what the stand-in says they must be', folder);
}

const wentWrong = (happened: string, folder: string): Failure =>
  new Failure({ kind: 'stop', code: 'stand_in', happened, remedy: `Look above for its own words, and into ${folder}` });
