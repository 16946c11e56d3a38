import { errnoOf } from '../errors.ts';
import { asTyped, typedHere } from './as-typed.ts';
import type { ExitCode } from './exit.ts';

/** Options every command has. */
export interface GlobalOptions {
  readonly home?: string;
  readonly flows?: string;
  readonly json?: boolean;
}

/** What a command leaves behind: one value for machines, text for people, and how it ended. */
export interface Answer {
  readonly value: unknown;
  readonly text: string;
  readonly exit?: ExitCode;
}

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

let typed: (text: string) => string = (text) => text;

/** From now on, commands in what is said to people are as whoever runs this one can type them. */
export function recommendAs(options: GlobalOptions, commands: ReadonlySet<string>): void {
  const where = typedHere(options);
  typed = (text) => asTyped(text, where, commands);
}

/** A text whose commands whoever runs this one can type. Said twice of a text it changes nothing more. */
export const recommended = (text: string): string => typed(text);

/** Where nobody says how wide the terminal is; one that does not know says 0. */
const WIDTH = 100;

export const widthOfOutput = (): number => (process.stdout.isTTY ? process.stdout.columns : 0) || WIDTH;

/** Progress and remarks go to standard error, so that standard output stays what was asked for. */
export const remark = (line: string): void => void process.stderr.write(`${recommended(line)}\n`);

export function show({ value, text }: Answer, isJson: boolean): void {
  say(isJson ? JSON.stringify(value) : recommended(text));
}

/** A reader that has seen enough (`| head`) and a terminal that is gone are no faults; what has to be ended in order still is. */
export function forgiveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      const code = errnoOf(error);
      if (code !== 'EPIPE' && code !== 'EIO') throw error;
    });
  }
}
