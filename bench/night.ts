/**
 * A first night through Temporal against a plain loop: node bench/night.ts [profiles] [rounds]
 *
 * The night's time is the whole workflow: list, copy by rsync, plan, load, record. The plain loop only reads, translates and writes, over
 * the mirror that the night has brought; both write to the same embedded database, into collections with the same validators and indexes.
 * Mirrors stay until the end: on ext4 making files is several times slower in the minutes after many were deleted, because the file system
 * looks at every inode that was deleted lately (`recently_deleted` took half of rsync's time), and no first night begins like that.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { Client, Connection } from '@temporalio/client';
import { argoTemplate } from '../src/argo/template.ts';
import { startWorker } from '../src/cli/worker-process.ts';
import { startEmbedded } from '../src/embedded/embedded.ts';
import { connectDatabase } from '../src/stores/mongo.ts';
import { startGdac } from '../standins/gdac/gdac.ts';
import { plainLoop } from './plain-loop.ts';
import { median, peakMemory, prepared, say, watchPhases } from './support.ts';

const CYCLES = 100;
const profilesWanted = Number(argv[2] ?? 20_000);
const rounds = Number(argv[3] ?? 3);

const home = await mkdtemp(join(tmpdir(), 'landfall-bench-'));
const gdac = await startGdac({
  folder: join(home, 'gdac'),
  floats: Math.max(1, Math.round(profilesWanted / CYCLES)),
  cyclesPerFloat: CYCLES,
  seed: 1,
});
const embedded = await startEmbedded({ home, report: () => undefined });
const connection = await Connection.connect({ address: embedded.endpoints.temporalAddress });
const client = new Client({ connection });
const plainRates: number[] = [];
const nightRates: number[] = [];
const ratios: number[] = [];
try {
  for (let round = 1; round <= rounds; round += 1) {
    const book = `book${round}`;
    const flow = `round${round}`;
    const mirror = join(home, `mirror${round}`);
    const database = await connectDatabase({ uri: embedded.endpoints.mongodbUri, book });
    await prepared(database, `night${round}`, book);
    await prepared(database, `plain${round}`, `plainbook${round}`);
    await mkdir(join(home, 'flows'), { recursive: true });
    const file = argoTemplate({ name: flow, rsync: gdac.url, mirror }).replace('# database: argo', `database: night${round}`);
    await writeFile(join(home, 'flows', `${flow}.yaml`), file);
    const env = { ...process.env, LANDFALL_HOME: home, LANDFALL_FLOWS: join(home, 'flows'), LANDFALL_DATABASE: book };
    const { worker } = await startWorker({ home, env, args: [], logFile: join(home, 'worker.log'), report: () => undefined });

    // What the round before left for the disk to write is not this one's.
    spawnSync('sync');
    const began = performance.now();
    const watched = watchPhases(database);
    const result: { record: { loaded: number; seen: number } } = await client.workflow.execute('mirror', {
      taskQueue: 'landfall',
      workflowId: `mirror/${flow}`,
      args: [{ flow }],
    });
    const nightSeconds = (performance.now() - began) / 1000;
    const phases = watched.end();
    const memory = peakMemory(worker.pid() ?? 0);
    await worker.stop();

    spawnSync('sync');
    const plain = await plainLoop(mirror, embedded.endpoints.mongodbUri, `plain${round}`, `plainbook${round}`);
    if (plain.documents !== result.record.loaded)
      throw new Error(`the plain loop wrote ${plain.documents} documents, the night ${result.record.loaded}`);
    const nightRate = result.record.loaded / nightSeconds;
    const plainRate = plain.documents / plain.seconds;
    nightRates.push(nightRate);
    plainRates.push(plainRate);
    ratios.push(nightRate / plainRate);
    say(
      `round ${round}: ${result.record.loaded} profiles; night ${nightSeconds.toFixed(1)} s, ${nightRate.toFixed(0)}/s, worker peak ${memory.toFixed(0)} MiB; ` +
        `plain loop ${plain.seconds.toFixed(1)} s, ${plainRate.toFixed(0)}/s; ratio ${(nightRate / plainRate).toFixed(2)}`,
    );
    const loadRate = result.record.loaded / (phases.find(({ phase }) => phase === 'load')?.seconds ?? Number.NaN);
    const shown = phases.map(({ phase, seconds }) => `${phase} ${seconds.toFixed(1)} s`).join(', ');
    say(`         phases: ${shown}; the load phase alone ${loadRate.toFixed(0)}/s, ratio ${(loadRate / plainRate).toFixed(2)}`);
    await database.products(`night${round}`).dropDatabase();
    await database.products(`plain${round}`).dropDatabase();
    await database.close();
  }
  say(
    `median: night ${median(nightRates).toFixed(0)} profiles/s, plain loop ${median(plainRates).toFixed(0)} profiles/s, ratio ${median(ratios).toFixed(2)}`,
  );
} finally {
  await connection.close();
  await embedded.stop();
  await gdac.stop();
  await rm(home, { recursive: true, force: true });
}
