import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { errnoOf } from '../errors.ts';

const LOOPBACK = '127.0.0.1';

/**
 * Ports for servers about to be started: the wanted ones where they are free, unless `usualPorts` is false, else any free one; `null`
 * asks for any. A server that ends
 * and is started again wants its port back, so those chosen here lie where the system takes none from by itself.
 * All are held until all are chosen, so they differ. Two copies that choose at the same moment may choose the same: the loser's server
 * cannot bind, which `listensOn` tells from the winner's answer, and it chooses again.
 */
export async function choosePorts<Name extends string>(
  wanted: Readonly<Record<Name, number | null>>,
  { usualPorts = true }: { readonly usualPorts?: boolean } = {},
): Promise<Readonly<Record<Name, number>>> {
  const held: Server[] = [];
  const chosen: Partial<Record<Name, number>> = {};
  try {
    for (const name in wanted) {
      const server = (await holdWanted(usualPorts ? wanted[name] : null)) ?? (await holdAny());
      held.push(server);
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
      chosen[name] = address.port;
    }
  } finally {
    await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
  }
  return chosen as Record<Name, number>;
}

const holdWanted = async (port: number | null): Promise<Server | null> => (port === null ? null : hold(port));

/** Below these are the ports of well-known services. */
const LOWEST = 15_000;
/** What Linux is set to unless somebody changed it. */
const USUAL_FIRST_OWN = 32_768;
const ATTEMPTS = 50;

async function holdAny(): Promise<Server> {
  const room = firstOwnPort() - LOWEST;
  for (let attempt = 0; room > 1000 && attempt < ATTEMPTS; attempt += 1) {
    const server = await hold(LOWEST + randomInt(room));
    if (server !== null) return server;
  }
  const server = await hold(0);
  if (server === null) throw new Error('the system gave no free port');
  return server;
}

/** Where the ports begin that the system gives to connections, and to whoever asks for any. */
function firstOwnPort(): number {
  const first = Number.parseInt(readText('/proc/sys/net/ipv4/ip_local_port_range'), 10);
  return Number.isInteger(first) ? first : USUAL_FIRST_OWN;
}

/** A listener on the port, or null when another has it. */
async function hold(port: number): Promise<Server | null> {
  const server = createServer();
  server.listen({ port, host: LOOPBACK, exclusive: true });
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EADDRINUSE' || code === 'EACCES') return null;
    throw error;
  }
}

/** Whether something accepts connections there within a second. */
export async function answers(port: number): Promise<boolean> {
  const socket = connect({ port, host: LOOPBACK, timeout: 1000 });
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('timeout', () => resolve(false));
      socket.once('error', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}

/**
 * Whether this very process listens on the port, and not another that was faster. The tables of sockets take many milliseconds to read
 * where thousands of connections were closed of late: they are, once something answers.
 */
export async function listensOn(pid: number, port: number): Promise<boolean> {
  if (!(await answers(port))) return false;
  const sockets = listeningSockets(port);
  return descriptors(pid).some((target) => sockets.has(target));
}

/** `socket:[inode]` of the IPv4 and IPv6 listeners on a port, from /proc/net/tcp (proc_net_tcp: state 0A is listening). */
function listeningSockets(port: number): ReadonlySet<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const found = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readText(table).split('\n')) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === '0A' && local?.endsWith(suffix)) found.add(`socket:[${inode}]`);
    }
  }
  return found;
}

function descriptors(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).map((name) => readLink(`${folder}/${name}`));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** A descriptor may close between listing and reading. */
function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** A machine without IPv6 has no tcp6 table. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
