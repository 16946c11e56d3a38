import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { MongoNetworkError } from 'mongodb';
import { guardClosedSockets } from '../../../src/stores/closed-sockets.ts';

const load = createRequire(import.meta.url);
const { Connection } = load('mongodb/lib/cmap/connection.js');
const { ns } = load('mongodb/lib/utils.js');

const MORE_THAN_ANY_BUFFER = 30_000_000;

describe('a command to a database whose connection closes', { timeout: 20_000 }, () => {
  let server: Server;
  const opened: Socket[] = [];
  before(async () => {
    guardClosedSockets();
    server = createServer((socket) => void opened.push(socket.pause())).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    for (const socket of opened) socket.destroy();
    server.close();
  });

  async function connection() {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const options = { id: 1, generation: 1, hostAddress: `127.0.0.1:${port}`, monitorCommands: false };
    return { socket, connection: new Connection(socket, options) };
  }

  it('in the moment before it is written fails at once', async () => {
    const { socket, connection: mongo } = await connection();

    const answer: Promise<unknown> = mongo.command(ns('admin.$cmd'), { ping: 1 }, {});
    socket.destroy();

    await assert.rejects(answer, MongoNetworkError);
  });

  it('while it is being written fails at once', async () => {
    const { socket, connection: mongo } = await connection();

    const answer: Promise<unknown> = mongo.command(ns('admin.$cmd'), { ping: 'x'.repeat(MORE_THAN_ANY_BUFFER) }, {});
    const ended = assert.rejects(answer, MongoNetworkError);
    while (socket.writableLength === 0) await new Promise((turn) => setImmediate(turn));
    socket.destroy();

    await ended;
  });
});
