import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { redactFields, redactJsonLine, redactValue } from './redact.ts';

/**
 * A pino logger. A line is an event and its fields: `log.info({ event: 'mirror_started', flow: 'argo' })`; a sentence for people may follow as second
 * argument, an error goes under `err`. `log.child({ flow: 'argo' })` puts fields into every line.
 */
export type { Logger } from 'pino';

export interface LogOptions {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  /** `auto`: for people on a terminal, else JSON, one object a line. */
  readonly format: 'auto' | 'json' | 'pretty';
  /** In every line, such as `{ process: 'worker' }`. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Where lines go. Absent: standard error, so that standard output stays free for what a command prints. */
  readonly stream?: DestinationStream;
}

/** Makes the logger of a process. No line of it holds a credential. */
export function createLog({ level, format, fields = {}, stream = standardError() }: LogOptions): Logger {
  const isPretty = format === 'pretty' || (format === 'auto' && process.stderr.isTTY === true);
  return pino(
    {
      level,
      base: { ...fields },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        log: (line) => redactFields(line),
      },
      serializers: { err: (error: unknown) => redactValue(error) },
      hooks: { streamWrite: redactJsonLine },
    },
    isPretty ? prettyOver(stream) : stream,
  );
}

/** Synchronous: the last line before an exit is never lost. A terminal that is gone (EIO, EPIPE) must not bring the process down: there is nowhere left to say so. */
function standardError(): DestinationStream {
  return destination({ fd: 2, sync: true }).on('error', () => undefined);
}

/** `[12:04:05] INFO: mirror_started The night begins. {"flow":"argo"}` */
function prettyOver(stream: DestinationStream): DestinationStream {
  const pretty = prettyFactory({
    colorize: process.stderr.hasColors?.() === true,
    translateTime: 'UTC:HH:MM:ss',
    ignore: 'event',
    messageFormat: '{event} {msg}',
    singleLine: true,
  });
  return { write: (line) => stream.write(pretty(line)) };
}
