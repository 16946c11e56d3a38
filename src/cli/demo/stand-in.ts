import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { z } from 'zod';
import { bound } from '../../embedded/tether.ts';
import { Failure } from '../../errors.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A facility in a box, running as a process of its own that ends with ours. */
export interface StandInProcess {
  /** Its next line on standard output. */
  answer<T>(schema: z.ZodType<T>): Promise<T>;
  /** Tells it something on standard input. */
  order(line: string): void;
  stop(): Promise<void>;
}

/** A night of a large tree is written in seconds; a process that does not end by then is killed. Milliseconds. */
const STOP_WITHIN_MS = 5_000;

/** @param script below the root, such as `standins/gdac/main.ts` @param place where to look when something goes wrong */
export function runStandIn(script: string, args: readonly string[], place: string): StandInProcess {
  const [command, bounded] = bound(process.execPath, [`${root}${script}`, ...args, '--until-stdin-ends']);
  // A session of its own: Ctrl-C reaches us alone, and we end it in order.
  const child = spawn(command, bounded, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async answer(schema) {
      const { done, value } = await lines.next();
      const parsed = done === true ? null : schema.safeParse(JSON.parse(value));
      if (parsed?.success === true) return parsed.data;
      throw wentWrong(done === true ? 'The stand-in ended before it answered' : `The stand-in answered ${value}`, place);
    },
    order: (line) => void child.stdin.write(`${line}\n`),
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

/** What a stand-in's own check says of our products: in a process of its own, with no code of what made them. */
export async function askCheck<T>(script: string, args: readonly string[], schema: z.ZodType<T>, place: string): Promise<T> {
  const [command, bounded] = bound(process.execPath, [`${root}${script}`, ...args]);
  const { stdout, exitCode } = await execa(command, [...bounded], { reject: false, stderr: 'inherit' });
  if (exitCode === 0 || exitCode === 1) return schema.parse(JSON.parse(stdout));
  throw wentWrong('What was made could not be compared with what the stand-in says it must be', place);
}

const wentWrong = (happened: string, place: string): Failure =>
  new Failure({ kind: 'stop', code: 'stand_in', happened, remedy: `Look above for its own words, and into ${place}` });
