import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** What goes wrong with one request. */
export type Fault =
  /** The server is not asked; an S3 error of that code is the answer. */
  | { readonly kind: 'answer'; readonly status: number; readonly code: string; readonly headers?: Readonly<Record<string, string>> }
  /** The server is not asked; a page for people is the answer, as gateways give it. */
  | { readonly kind: 'page' }
  /** The connection breaks while the request's body is on its way. */
  | { readonly kind: 'cut request' }
  /** One byte of the request's body is another when it reaches the server. */
  | { readonly kind: 'damage request' }
  /** The server carries it out, and the connection breaks before it can say so. `before` is awaited first. */
  | { readonly kind: 'lose answer'; readonly before?: () => Promise<unknown> }
  /** The connection breaks after half of the answer's body. */
  | { readonly kind: 'cut answer' }
  /** One byte of the answer's body is another. */
  | { readonly kind: 'damage answer' }
  /** The answer's body comes a byte at a time, with a wait after each. */
  | { readonly kind: 'trickle' }
  /** Nothing, ever. */
  | { readonly kind: 'silence' };

export interface FaultProxy {
  readonly endpoint: string;
  /** What was asked so far: `PUT /bucket/key`. */
  readonly asked: readonly string[];
  /** Sets what happens to the next requests of a method, in this order; null: nothing. Those after them are passed on untouched. */
  fail(method: string, ...faults: readonly (Fault | null)[]): void;
  stop(): Promise<void>;
}

/** An HTTP server in front of another, through which everything goes as it is but for the faults asked for. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const faults = new Map<string, (Fault | null)[]>();
  const asked: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const method = incoming.method ?? '';
    asked.push(`${method} ${decodeURIComponent((incoming.url ?? '').replace(/\?.*/, ''))}`);
    incoming.on('error', () => undefined);
    outgoing.on('error', () => undefined);
    pass(target, incoming, outgoing, faults.get(method)?.shift() ?? null).catch(() => incoming.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    asked,
    fail: (method, ...next) => void faults.set(method, [...next]),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function pass(target: string, incoming: IncomingMessage, outgoing: ServerResponse, fault: Fault | null): Promise<void> {
  if (fault?.kind === 'silence') return;
  if (fault?.kind === 'cut request') {
    await once(incoming, 'data');
    incoming.socket.destroy();
    return;
  }
  const body = Buffer.concat(await Array.fromAsync<Buffer>(incoming));
  if (fault?.kind === 'damage request') {
    // Neither in the frame of a body that comes in pieces nor in what follows it.
    const at = Math.floor(body.byteLength / 2);
    body.writeUInt8(body.readUInt8(at) ^ 1, at);
  }
  if (fault?.kind === 'answer') {
    outgoing.writeHead(fault.status, { 'content-type': 'application/xml', ...fault.headers });
    outgoing.end(
      incoming.method === 'HEAD' ? undefined : `<Error><Code>${fault.code}</Code><Message>Key AKIDEXAMPLE: no.</Message></Error>`,
    );
    return;
  }
  if (fault?.kind === 'page') {
    outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Please log in<br></body></html>');
    return;
  }
  const { expect: _, ...headers } = incoming.headers;
  const asking = request(`${target}${incoming.url}`, { method: incoming.method ?? 'GET', headers });
  asking.end(body);
  const [answer]: IncomingMessage[] = await once(asking, 'response');
  if (answer === undefined) throw new Error('a response without itself');
  await giveBack(answer, Buffer.concat(await Array.fromAsync<Buffer>(answer)), outgoing, fault);
}

async function giveBack(answer: IncomingMessage, body: Buffer, outgoing: ServerResponse, fault: Fault | null): Promise<void> {
  if (fault?.kind === 'lose answer') {
    await fault.before?.();
    outgoing.socket?.destroy();
    return;
  }
  if (fault?.kind === 'damage answer') body.writeUInt8(body.readUInt8(0) ^ 1, 0);
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  if (fault?.kind === 'cut answer') {
    outgoing.write(body.subarray(0, body.byteLength / 2), () => outgoing.socket?.destroy());
  } else if (fault?.kind === 'trickle') {
    for (let at = 0; at < body.byteLength && !outgoing.destroyed; at += 1) {
      outgoing.write(body.subarray(at, at + 1));
      await delay(50);
    }
    outgoing.end();
  } else outgoing.end(body);
}
