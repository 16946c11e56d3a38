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

/** Progress and remarks go to standard error, so that standard output stays what was asked for. A bar that is being drawn there gives way. */
export const remark = (line: string): void => void process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[2K' : ''}${line}\n`);

export function show({ value, text }: Answer, isJson: boolean): void {
  endWithReader();
  say(isJson ? JSON.stringify(value) : text);
}

/** What a shell reports of a program that SIGPIPE ended. */
const READER_GONE = 141;

/** For commands whose only purpose is their output: when the reader has seen enough (`| head`), there is nothing left to do. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(READER_GONE);
  });
}
