import { Failure } from '../errors.ts';

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves when an operator asks the process to end: Ctrl-C, a stop from outside, a closed terminal. Later ones are swallowed while it ends in order. */
export function untilStopped(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of STOPPING) process.on(signal, () => resolve(signal));
  return promise;
}

/** How a command ends that a signal cut short; its exit status says which. */
export const endedBy = (signal: NodeJS.Signals, what: string, remedy: string): Failure =>
  new Failure({ kind: 'stop', code: `ended_by_${signal.toLowerCase()}`, happened: `${what} was ended by ${signal}`, remedy });

/** Ended by a signal: whatever is still under way in this process is not waited for. */
export const isCutShort = (error: unknown): boolean => error instanceof Failure && error.code.startsWith('ended_by_');
