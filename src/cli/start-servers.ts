import { setTimeout as delay } from 'node:timers/promises';
import { type Embedded, type EmbeddedOptions, startEmbedded } from '../embedded/embedded.ts';
import { isFailure } from '../errors.ts';
import type { Interruption } from './until-stopped.ts';

/** Longer than servers take to start; an installation is not waited for: it takes minutes, and goes on where it was the next time. */
const START_GRACE_MS = 5_000;

/** Starts the embedded servers. Interrupted meanwhile, it ends what comes up in order before it fails. */
export async function startServers(options: EmbeddedOptions, { race }: Interruption): Promise<Embedded> {
  const starting = startEmbedded(options);
  try {
    return await race(starting);
  } catch (error) {
    if (!isFailure(error, 'interrupted')) throw error;
    const ended = starting.then(
      (embedded) => embedded.stop(),
      () => undefined,
    );
    await Promise.race([ended, delay(START_GRACE_MS, undefined, { ref: false })]);
    throw error;
  }
}
