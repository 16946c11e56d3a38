import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { MongoNetworkError } from 'mongodb';

/** The driver's own connection, as far as it is touched here. */
interface Connection extends EventEmitter {
  readonly address: string;
  readonly error: Error | null;
}

interface WriteOptions {
  readonly signal?: AbortSignal;
  readonly [option: string]: unknown;
}

type Write = (this: Connection, command: unknown, options: WriteOptions) => Promise<void>;

let isGuarded = false;

/**
 * Lets a command fail when its connection is closed while it is being written.
 *
 * The driver (seen in 7.9.0) writes, and when the socket takes no more waits for it to drain or to report an error. A socket that has just
 * been closed does neither, so that the command waits for ever, whatever timeout is set. When it is the command by which the client watches
 * its server, the client never again finds a server: after one kill of the database in sixty, a process stayed without it until it ended.
 */
export function guardClosedSockets(): void {
  if (isGuarded) return;
  const { prototype } = createRequire(import.meta.url)('mongodb/lib/cmap/connection.js').Connection;
  const write: Write | undefined = Reflect.get(prototype, 'writeCommand');
  if (write === undefined)
    throw new Error('This version of mongodb writes otherwise: look whether src/stores/closed-sockets.ts is still needed.');
  const guarded: Write = async function (command, options) {
    const closed = new AbortController();
    const onClose = (): void => closed.abort(this.error ?? new MongoNetworkError(`connection to ${this.address} closed`));
    this.once('close', onClose);
    try {
      const signal = options.signal === undefined ? closed.signal : AbortSignal.any([options.signal, closed.signal]);
      await write.call(this, command, { ...options, signal });
    } finally {
      this.off('close', onClose);
    }
  };
  Reflect.set(prototype, 'writeCommand', guarded);
  isGuarded = true;
}
