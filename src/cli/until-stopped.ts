import { Failure } from '../errors.ts';

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves when an operator asks the process to end: Ctrl-C, a stop from outside, a closed terminal. Later ones are swallowed while it ends in order. */
export function untilStopped(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of STOPPING) process.on(signal, () => resolve(signal));
  // A terminal that is gone must not turn the last lines into a crash.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
  return promise;
}

/** Work that nobody waits for once an operator has asked to end. */
export interface Interruption {
  race<T>(work: Promise<T>): Promise<T>;
}

/** @throws {Failure} `interrupted` (stop) from `race`, as soon as the process is asked to end. */
export function interruption(stopped: Promise<NodeJS.Signals>, what: string, remedy: string): Interruption {
  const thrown = stopped.then((signal): never => {
    throw new Failure({ kind: 'stop', code: 'interrupted', happened: `${what} was ended by ${signal}`, remedy });
  });
  thrown.catch(() => undefined);
  return { race: (work) => Promise.race([work, thrown]) };
}
