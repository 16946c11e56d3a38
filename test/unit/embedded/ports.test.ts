import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { answers, choosePorts, listensOn } from '../../../src/embedded/ports.ts';

const taken = createServer();
let port = 0;

describe('ports', () => {
  before(async () => {
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    port = typeof address === 'object' && address !== null ? address.port : assert.fail('no port');
  });
  after(() => taken.close());

  it('are the wanted ones when those are free', async () => {
    const { free } = await choosePorts({ free: null });

    const chosen = await choosePorts({ frontend: free });

    assert.deepEqual(chosen, { frontend: free });
  });

  it('are others where the wanted ones are taken, and all different', async () => {
    const chosen = await choosePorts({ a: port, b: port, c: null });

    assert.equal(new Set([port, chosen.a, chosen.b, chosen.c]).size, 4);
  });

  it('are never those that the system itself gives away, so that a server which is started again finds its own free', async () => {
    const chosen = await choosePorts({ a: null, b: port, c: 7070 }, { usualPorts: false });

    const first = Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10);
    assert.deepEqual(
      Object.values(chosen).filter((one) => one >= first || one < 15_000),
      [],
    );
  });

  it('belong to the process that listens, whoever else would like to', async () => {
    assert.equal(await listensOn(process.pid, port), true);
    assert.equal(await listensOn(process.ppid, port), false);
  });

  it('answer when something listens', async () => {
    const { free } = await choosePorts({ free: null });

    assert.equal(await answers(port), true);
    assert.equal(await answers(free), false);
  });
});
