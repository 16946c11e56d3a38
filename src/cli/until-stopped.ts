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
