import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { z } from 'zod';
import { bound } from '../embedded/tether.ts';
import { Failure } from '../errors.ts';

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

/** A facility in a box, running as a process of its own that ends with ours. */
export interface StandIn {
  readonly url: string;
  /** Changes the tree as a facility does from one night to the next. */
  playNight(night: number): Promise<Readonly<Record<string, unknown>>>;
  stop(): Promise<void>;
}

export async function startStandIn(
  folder: string,
  size: { readonly floats: number; readonly cycles: number; readonly seed: number },
): Promise<StandIn> {
  const numbers = ['--floats', String(size.floats), '--cycles', String(size.cycles), '--seed', String(size.seed)];
  const [command, args] = bound(process.execPath, [`${root}standins/gdac/main.ts`, '--folder', folder, ...numbers, '--until-stdin-ends']);
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    const { done, value } = await lines.next();
    if (done !== true) return JSON.parse(value);
    throw new Failure({
      kind: 'stop',
      code: 'stand_in',
      happened: 'The stand-in ended before it answered',
      remedy: `Look above for its own words, and into ${folder}`,
    });
  };
  const { url } = Ready.parse(await answer());
  return {
    url,
    async playNight(night) {
      child.stdin.write(`night ${night}\n`);
      return z.record(z.string(), z.unknown()).parse(await answer());
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}

/** Compares every document with what the generator says it must be; in a process of its own, with no code of the loader. */
export async function checkStandIn(folder: string, uri: string, database: string): Promise<Checked> {
  const { stdout } = await execa(
    process.execPath,
    [`${root}standins/gdac/check.ts`, '--folder', folder, '--uri', uri, '--database', database],
    { reject: false, stderr: 'inherit' },
  );
  return Checked.parse(JSON.parse(stdout));
}
