import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What happens to a connection on its way; counted in bytes that came from the server. */
export type RelayFault =
  | { readonly kind: 'none' }
  /** The connection breaks. */
  | { readonly kind: 'drop'; readonly afterBytes: number }
  /** Nothing comes any more, and nobody says so. */
  | { readonly kind: 'hang'; readonly afterBytes: number }
  /** A name in the list of files becomes another of the same length. */
  | { readonly kind: 'rename'; readonly from: string; readonly to: string };

export interface Relay {
  /** `rsync://127.0.0.1:PORT/argo/` */
  readonly url: string;
  /** Connections that were dropped, left hanging, or told another name so far. */
  readonly struck: number;
  /** For connections from now on. */
  setFault(fault: RelayFault): void;
  stop(): Promise<void>;
}

/** Stands between a client and a real rsync daemon on loopback. */
export async function startRelay(port: number): Promise<Relay> {
  let fault: RelayFault = { kind: 'none' };
  let struck = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const mine = fault;
    let bytes = 0;
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => undefined).on('close', () => void open.delete(socket));
    }
    client.on('data', (data) => void upstream.write(data));
    client.on('close', () => void upstream.destroy());
    upstream.on('close', () => void client.destroy());
    upstream.on('data', (data: Buffer) => {
      bytes += data.length;
      if (mine.kind === 'rename') struck += renamed(data, mine.from, mine.to);
      if ((mine.kind !== 'drop' && mine.kind !== 'hang') || bytes <= mine.afterBytes) return void client.write(data);
      struck += 1;
      upstream.pause();
      if (mine.kind === 'drop') client.resetAndDestroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `rsync://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/argo/`,
    get struck() {
      return struck;
    },
    setFault(next) {
      fault = next;
    },
    async stop() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** Puts another name in place, as often as it is there. The list of files is not compressed, whatever the client asked for. */
function renamed(data: Buffer, from: string, to: string): number {
  let times = 0;
  for (let at = data.indexOf(from); at >= 0; at = data.indexOf(from, at + 1)) {
    data.write(to, at, 'latin1');
    times += 1;
  }
  return times;
}
