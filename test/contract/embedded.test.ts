import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Connection } from '@temporalio/client';
import { MongoClient } from 'mongodb';
import { type Embedded, readEndpoints, startEmbedded } from '../../src/embedded/embedded.ts';
import { isAlive, type ProcessId } from '../../src/embedded/liveness.ts';
import { isFailure } from '../../src/errors.ts';
import { signalAll, until } from '../helpers/processes.ts';
import { room } from '../helpers/room.ts';
import { ownerOf, processesOf, untilGone } from './embedded-processes.ts';

const quiet = () => undefined;
const newHome = () => mkdtempSync(join(room, 'landfall-embedded-'));

/** Loopback and other addresses on which processes of a home listen, as `ss` names them. */
function listeningAddresses(home: string): readonly string[] {
  const pids = processesOf(home).map(({ pid }) => `pid=${pid},`);
  const lines = execFileSync('ss', ['-Hltnp'], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => pids.some((pid) => line.includes(pid))).map((line) => line.trim().split(/\s+/)[3] ?? '');
}

describe('the embedded servers', () => {
  const home = mkdtempSync(join(room, 'landfall ?x=1#y%20-'));
  let embedded: Embedded;
  let mongodb: MongoClient;

  before(async () => {
    embedded = await startEmbedded({ home, report: quiet });
    mongodb = new MongoClient(embedded.endpoints.mongodbUri);
  });
  after(async () => {
    await mongodb.close();
    await embedded.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it('give Temporal with a default namespace and the search attributes that runs carry', async () => {
    const connection = await Connection.connect({ address: embedded.endpoints.temporalAddress });

    const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace: 'default' });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    await connection.close();

    assert.equal(namespaceInfo?.name, 'default');
    for (const name of ['Flow', 'Kind', 'Phase', 'Health']) assert.ok(name in customAttributes, `${name} is not registered`);
  });

  it('keep their state below their home, whatever it is called', () => {
    assert.ok(existsSync(join(home, 'temporal', 'temporal.db')));
    assert.ok(existsSync(join(home, 'postgres', 'PG_VERSION')));
  });

  it('give the Temporal Web UI, which sees the server', async () => {
    const ui = embedded.endpoints.temporalUi ?? assert.fail('no address');

    const page = await fetch(ui);
    // It dials the server when it starts, and again a second later when it was the faster one.
    await until(async () => /"name":\s*"default"/.test(await (await fetch(`${ui}/api/v1/namespaces`)).text()));

    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
  });

  it('give a database that upserts the same document twice into one', async () => {
    const profiles = mongodb.db('upserts').collection<{ _id: string; cycle: number }>('profiles');
    const upsert = { replaceOne: { filter: { _id: 'one' }, replacement: { cycle: 7 }, upsert: true } };

    await profiles.bulkWrite([upsert], { ordered: false });
    await profiles.bulkWrite([upsert], { ordered: false });

    assert.deepEqual(await profiles.find().toArray(), [{ _id: 'one', cycle: 7 }]);
  });

  it('give a database that holds NaN, nested arrays and a 2dsphere index', async () => {
    const places = mongodb.db('geo').collection<{ _id: string; point: object; data: readonly (readonly number[])[] }>('places');
    await places.createIndex({ point: '2dsphere' });
    await places.insertOne({ _id: 'here', point: { type: 'Point', coordinates: [10, 50] }, data: [[1, Number.NaN], []] });

    const near = { point: { $geoWithin: { $centerSphere: [[10, 50], 0.01] } } };
    const found = await places.findOne(near);

    assert.deepEqual(found?.data, [[1, Number.NaN], []]);
  });

  it('give a database that keeps a validator once it was set by collMod', async () => {
    const db = mongodb.db('validated');
    const validator = { $jsonSchema: { bsonType: 'object', required: ['name'] } };
    const checked = await db.createCollection('checked', { validator });
    await db.command({ collMod: 'checked', validator });

    await assert.rejects(checked.insertOne({ other: 1 }), /validation/i);
    await checked.insertOne({ name: 'x' });

    assert.equal(await checked.countDocuments(), 1);
  });

  it('are found by other processes through the home', async () => {
    assert.deepEqual(await readEndpoints(home), embedded.endpoints);
  });

  it('listen on loopback only', () => {
    const addresses = listeningAddresses(home);

    assert.ok(addresses.length >= 4, `${addresses.length} listeners`);
    assert.deepEqual(
      addresses.filter((address) => !address.startsWith('127.0.0.1:')),
      [],
    );
  });

  it('refuse a second owner of the same home with a sentence', async () => {
    await assert.rejects(startEmbedded({ home, report: quiet }), (error) => {
      assert.ok(isFailure(error, 'home_in_use'));
      assert.match(error.message, /^Process \d+ already runs the servers of .*\. Expected one process per home\. Use those servers, /);
      return true;
    });
  });

  it('let a second copy with a home of its own start, use and stop without noticing it', async () => {
    const otherHome = newHome();
    const other = await startEmbedded({ home: otherHome, report: quiet });
    const otherMongodb = new MongoClient(other.endpoints.mongodbUri);
    await otherMongodb.db('copies').collection('marks').insertOne({ mark: 'other' });
    const seenHere = await mongodb.db('copies').collection('marks').countDocuments();
    await otherMongodb.close();
    const itsProcesses = processesOf(otherHome);

    await other.stop();

    assert.notDeepEqual(other.endpoints, embedded.endpoints);
    assert.equal(seenHere, 0);
    assert.ok(itsProcesses.length >= 3);
    assert.deepEqual(itsProcesses.filter(isAlive), []);
    assert.equal(await readEndpoints(otherHome), null);
    await mongodb.db('admin').command({ ping: 1 });
    rmSync(otherHome, { recursive: true, force: true });
  });
});

describe('the embedded servers after a fault', () => {
  it('come back when killed, with every document that was acknowledged', async () => {
    const home = newHome();
    const back: string[] = [];
    const allBack = Promise.withResolvers<void>();
    const report = (line: string) => {
      if (line.endsWith('is up again') && back.push(line) === 3) allBack.resolve();
    };
    const embedded = await startEmbedded({ home, report });
    const mongodb = new MongoClient(embedded.endpoints.mongodbUri);
    const documents = mongodb.db('survival').collection('documents');
    await documents.insertMany(Array.from({ length: 500 }, (_, number) => ({ number })));

    // Some of a database's processes end by themselves meanwhile.
    signalAll(
      processesOf(home).map(({ pid }) => pid),
      'SIGKILL',
    );
    await allBack.promise;

    assert.equal(await documents.countDocuments(), 500);
    const connection = await Connection.connect({ address: embedded.endpoints.temporalAddress });
    await connection.close();
    await mongodb.close();
    await embedded.stop();
    assert.deepEqual(processesOf(home), []);
    rmSync(home, { recursive: true, force: true });
  });

  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    it(`are gone after their owner was ended by an unhandled ${signal}, and start again in its home`, async () => {
      const home = newHome();
      const { owner } = await ownerOf(home);
      const servers: readonly ProcessId[] = processesOf(home).filter(({ pid }) => pid !== owner.pid);

      owner.kill(signal);
      await once(owner, 'exit');
      await untilGone(servers);
      const endpointsOfTheDead = await readEndpoints(home);
      const again = await startEmbedded({ home, report: quiet });

      assert.ok(servers.length >= 3, `${servers.length} servers`);
      assert.equal(endpointsOfTheDead, null);
      assert.deepEqual(await readEndpoints(home), again.endpoints);
      await again.stop();
      rmSync(home, { recursive: true, force: true });
    });
  }

  it('are stopped cleanly by an owner that is asked to end', async () => {
    const home = newHome();
    const { owner } = await ownerOf(home, ['SIGINT']);
    const servers = processesOf(home);

    owner.kill('SIGINT');
    const [code] = await once(owner, 'exit');

    assert.equal(code, 0);
    assert.deepEqual(servers.filter(isAlive), []);
    assert.match(readFileSync(join(home, 'logs', 'postgres.log'), 'utf8'), /database system is shut down\n$/);
    rmSync(home, { recursive: true, force: true });
  });
});

describe('a home that cannot be one', () => {
  it('is refused with what to do', async () => {
    const folder = newHome();
    const home = join(folder, 'file');
    writeFileSync(home, '');

    const starting = startEmbedded({ home, report: quiet });

    await assert.rejects(starting, { name: 'Failure', kind: 'stop', code: 'home_not_usable' });
    assert.equal(await readEndpoints(home), null);
    rmSync(folder, { recursive: true });
  });
});
