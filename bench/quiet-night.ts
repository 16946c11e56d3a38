/**
 * Nights over a large mirror: node bench/quiet-night.ts [files] [rounds]
 *
 * First the same floats change in a small mirror and in one that holds `files` more: the load must cost what changed, not what is there.
 * Then nights in which nothing has changed, in turn with bare rsync doing the same over the same daemon.
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { Client, Connection } from '@temporalio/client';
import { argoTemplate } from '../src/argo/template.ts';
import { startWorker } from '../src/cli/worker-process.ts';
import { startEmbedded } from '../src/embedded/embedded.ts';
import { connectDatabase } from '../src/stores/mongo.ts';
import { startGdac } from '../standins/gdac/gdac.ts';
import type { MirrorResult, MirrorWorkflow } from '../workflows/argo/mirror.ts';
import { median, prepared, say, watchPhases } from './support.ts';

const files = Number(argv[2] ?? 100_000);
const rounds = Number(argv[3] ?? 5);
const FILES_PER_FLOAT = 250;
const FLOW = 'argo';

/** Biogeochemical files that no profile is made of: they are mirrored, listed and never loaded. */
async function writeFiller(folder: string): Promise<void> {
  const content = Buffer.alloc(1024, 'x');
  const time = new Date('2024-01-01T00:00:00Z');
  for (let float = 0; float * FILES_PER_FLOAT < files; float += 1) {
    const wmo = String(9_000_000 + float);
    const profiles = join(folder, 'filler', wmo, 'profiles');
    await mkdir(profiles, { recursive: true });
    const count = Math.min(FILES_PER_FLOAT, files - float * FILES_PER_FLOAT);
    await Promise.all(
      Array.from({ length: count }, async (_, cycle) => {
        const path = join(profiles, `BR${wmo}_${String(cycle).padStart(3, '0')}.nc`);
        await writeFile(path, content);
        await utimes(path, time, time);
      }),
    );
  }
}

const home = await mkdtemp(join(tmpdir(), 'landfall-bench-'));
const mirror = join(home, 'mirror');
const gdac = await startGdac({ folder: join(home, 'gdac'), floats: 40, cyclesPerFloat: 50, seed: 1 });
const embedded = await startEmbedded({ home, report: () => undefined });
const connection = await Connection.connect({ address: embedded.endpoints.temporalAddress });
const client = new Client({ connection });
const database = await connectDatabase({ uri: embedded.endpoints.mongodbUri, book: 'book' });
await prepared(database, 'argo', 'book');
await mkdir(join(home, 'flows'));
await writeFile(join(home, 'flows', `${FLOW}.yaml`), argoTemplate({ name: FLOW, rsync: gdac.url, mirror }));
const env = { ...process.env, LANDFALL_HOME: home, LANDFALL_FLOWS: join(home, 'flows'), LANDFALL_DATABASE: 'book' };
const { worker } = await startWorker({ home, env, args: [], logFile: join(home, 'worker.log'), report: () => undefined });

async function night(): Promise<{ readonly seconds: number; readonly load: number; readonly result: MirrorResult }> {
  const watched = watchPhases(database);
  const began = performance.now();
  const result = await client.workflow.execute<MirrorWorkflow>('mirror', {
    taskQueue: 'landfall',
    workflowId: `mirror/${FLOW}`,
    args: [{ flow: FLOW }],
  });
  const seconds = (performance.now() - began) / 1000;
  const load = watched.end().find(({ phase }) => phase === 'load')?.seconds ?? 0;
  return { seconds, load, result };
}

async function changes(what: string, number: number): Promise<number> {
  await gdac.playNight(number);
  const { seconds, load, result } = await night();
  const seen = result.record?.seen ?? 0;
  say(
    `${what}: ${seen} profiles changed; night ${seconds.toFixed(1)} s, load ${load.toFixed(2)} s, ${((1000 * load) / seen).toFixed(1)} ms a profile`,
  );
  return load / seen;
}

try {
  const first = await night();
  say(`first night: ${first.result.record?.loaded} profiles in ${first.seconds.toFixed(1)} s`);
  const small = await changes('small mirror', 1);
  await writeFiller(gdac.tree);
  await cp(join(gdac.tree, 'filler'), join(mirror, 'filler'), { recursive: true, preserveTimestamps: true });
  const large = await changes(`mirror of ${files} files more`, 2);
  say(`load of a changed profile, large to small mirror: ratio ${(large / small).toFixed(2)}`);

  const nights: number[] = [];
  const bare: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const { seconds, result } = await night();
    if (result.record?.seen !== 0) throw new Error(`round ${round} saw ${result.record?.seen} profiles`);
    const began = performance.now();
    const { status } = spawnSync('rsync', ['-rtvzi', '--delete', '--omit-dir-times', gdac.url, `${mirror}/`], { stdio: 'ignore' });
    if (status !== 0) throw new Error(`rsync ended with ${status}`);
    nights.push(seconds);
    bare.push((performance.now() - began) / 1000);
    say(`round ${round}: nothing to do: night ${seconds.toFixed(2)} s, bare rsync ${bare.at(-1)?.toFixed(2)} s`);
  }
  const ratio = median(nights.map((seconds, at) => seconds / (bare[at] ?? Number.NaN)));
  say(
    `median over ${files} files: night ${median(nights).toFixed(2)} s, bare rsync ${median(bare).toFixed(2)} s, ratio ${ratio.toFixed(2)}`,
  );
} finally {
  await worker.stop();
  await database.close();
  await connection.close();
  await embedded.stop();
  await gdac.stop();
  await rm(home, { recursive: true, force: true });
}
