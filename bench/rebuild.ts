/**
 * A rebuild through Temporal against a plain loop: node bench/rebuild.ts [profiles] [rounds] [0: without the plain loop]
 *
 * The rebuild's time is the whole workflow: plan, load, balance the books, record. The plain loop only reads, translates and writes, over the
 * same mirror and into collections with the same validators and indexes of the same embedded database; they take turns, round by round.
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
import { writeTree } from '../standins/gdac/tree.ts';
import type { RebuildWorkflow } from '../workflows/argo/rebuild.ts';
import { plainLoop } from './plain-loop.ts';
import { median, peakMemory, prepared, say, watchPhases } from './support.ts';

const CYCLES = 100;
const ARCHIVE_PROFILES = 3_000_000;
const profilesWanted = Number(argv[2] ?? 10_000);
const rounds = Number(argv[3] ?? 3);
const hasRival = argv[4] !== '0';

interface History {
  readonly runs: number;
  readonly events: number;
  readonly longest: number;
  readonly bytes: number;
}

/** All runs of the chain that one rebuild was. */
async function historyOf(client: Client, workflowId: string): Promise<History> {
  let [runs, events, longest, bytes] = [0, 0, 0, 0];
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    const { historyLength, historySize } = await client.workflow.getHandle(workflowId, runId).describe();
    runs += 1;
    events += historyLength;
    longest = Math.max(longest, historyLength);
    bytes += historySize ?? 0;
  }
  return { runs, events, longest, bytes };
}

const home = await mkdtemp(join(tmpdir(), 'landfall-bench-'));
const mirror = join(home, 'mirror');
await mkdir(mirror);
await writeTree({ seed: 1, floats: Math.max(1, Math.round(profilesWanted / CYCLES)), cyclesPerFloat: CYCLES }, 0, mirror);
const embedded = await startEmbedded({ home, report: () => undefined });
const connection = await Connection.connect({ address: embedded.endpoints.temporalAddress });
const client = new Client({ connection });
const [rebuildRates, plainRates, ratios]: [number[], number[], number[]] = [[], [], []];
try {
  await mkdir(join(home, 'flows'), { recursive: true });
  for (let round = 1; round <= rounds; round += 1) {
    const book = `book${round}`;
    const flow = `round${round}`;
    const database = await connectDatabase({ uri: embedded.endpoints.mongodbUri, book });
    await prepared(database, `rebuilt${round}`, book);
    await prepared(database, `plain${round}`, `plainbook${round}`);
    const file = argoTemplate({ name: flow, rsync: 'rsync://127.0.0.1:1/argo/', mirror }).replace(
      '# database: argo',
      `database: rebuilt${round}`,
    );
    await writeFile(join(home, 'flows', `${flow}.yaml`), file);
    const env = { ...process.env, LANDFALL_HOME: home, LANDFALL_FLOWS: join(home, 'flows'), LANDFALL_DATABASE: book };

    const rebuild = async (): Promise<number> => {
      const { worker } = await startWorker({ home, env, args: [], logFile: join(home, 'worker.log'), report: () => undefined });
      // What was left for the disk to write is not this one's.
      spawnSync('sync');
      const watched = watchPhases(database);
      const began = performance.now();
      const workflowId = `rebuild/${flow}`;
      const { record } = await client.workflow.execute<RebuildWorkflow>('rebuild', { taskQueue: 'landfall', workflowId, args: [{ flow }] });
      const seconds = (performance.now() - began) / 1000;
      const phases = watched.end();
      const memory = peakMemory(worker.pid() ?? 0);
      await worker.stop();
      if (record === null || !record.isWhole) throw new Error(`the books of the rebuild do not balance: ${JSON.stringify(record)}`);
      const rate = record.documents / seconds;
      const shown = phases.map((phase) => `${phase.phase} ${phase.seconds.toFixed(1)} s`).join(', ');
      const { runs, events, bytes } = await historyOf(client, workflowId);
      say(
        `round ${round}: ${record.documents} documents; rebuild ${seconds.toFixed(1)} s, ${rate.toFixed(0)}/s (${shown}); worker peak ${memory.toFixed(0)} MiB; ` +
          `${record.pages} pages, ${events} events, ${(bytes / 1024).toFixed(0)} KiB of history in ${runs} run${runs === 1 ? '' : 's'}`,
      );
      if (round === 1) sayArchive(record.pages, record.planned, { runs, events, longest: events, bytes });
      return rate;
    };
    const plain = async (): Promise<number> => {
      if (!hasRival) return Number.NaN;
      spawnSync('sync');
      const { documents, seconds } = await plainLoop(mirror, embedded.endpoints.mongodbUri, `plain${round}`, `plainbook${round}`);
      say(`         plain loop ${documents} documents, ${seconds.toFixed(1)} s, ${(documents / seconds).toFixed(0)}/s`);
      return documents / seconds;
    };

    // Who goes first takes turns.
    const isPlainFirst = round % 2 === 0;
    const first = isPlainFirst ? await plain() : await rebuild();
    const second = isPlainFirst ? await rebuild() : await plain();
    const [rebuildRate, plainRate] = isPlainFirst ? [second, first] : [first, second];
    rebuildRates.push(rebuildRate);
    plainRates.push(plainRate);
    ratios.push(rebuildRate / plainRate);
    say(`         ratio ${(rebuildRate / plainRate).toFixed(2)}`);
    // Flows that share a mirror are refused.
    await rm(join(home, 'flows', `${flow}.yaml`));
    await database.products(`rebuilt${round}`).dropDatabase();
    await database.products(`plain${round}`).dropDatabase();
    await database.close();
  }
  say(
    `median: rebuild ${median(rebuildRates).toFixed(0)} profiles/s, plain loop ${median(plainRates).toFixed(0)} profiles/s, ratio ${median(ratios).toFixed(2)}`,
  );
} finally {
  await connection.close();
  await embedded.stop();
  await rm(home, { recursive: true, force: true });
}

/** What the archive of today would take, from what was measured. The server suggests going on as new at 4,096 events. */
function sayArchive(pages: number, profiles: number, { events, bytes }: History): void {
  const archivePages = Math.ceil((ARCHIVE_PROFILES / profiles) * pages);
  const archiveEvents = archivePages * (events / pages);
  const archiveBytes = archivePages * (bytes / pages);
  const runs = Math.ceil(archiveEvents / 4096);
  say(
    `         for ${ARCHIVE_PROFILES} profiles: ${archivePages} pages, ${archiveEvents.toFixed(0)} events in ${runs} runs of ${(archiveEvents / runs).toFixed(0)} ` +
      `(${runs - 1} times as new), ${(archiveBytes / runs / 1024 ** 2).toFixed(1)} MiB of history a run`,
  );
}
