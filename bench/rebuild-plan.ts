/**
 * The memory that planning a rebuild takes: node bench/rebuild-plan.ts [profiles]
 *
 * Floats that exist only on paper, in the order of their centres, go through the sort and become pages in the embedded database. A hundredth
 * of the profiles goes first: what both take alike does not grow with the archive.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, env, execPath, pid } from 'node:process';
import { fileURLToPath } from 'node:url';
import { planPages } from '../src/argo/pages.ts';
import { type PlatformProfiles, planRebuild } from '../src/argo/rebuild-plan.ts';
import { startEmbedded } from '../src/embedded/embedded.ts';
import { connectDatabase } from '../src/stores/mongo.ts';
import { Plans } from '../src/stores/plans.ts';
import { peakMemory, say } from './support.ts';

const CENTRES = ['aoml', 'bodc', 'coriolis', 'csio', 'csiro', 'incois', 'jma', 'kma', 'kordi', 'meds', 'nmdis'];
const CYCLES = 158;
const BATCH = 400;

async function* floatsOnPaper(profiles: number): AsyncGenerator<PlatformProfiles> {
  const floats = Math.ceil(profiles / CYCLES);
  for (const [centre, dac] of CENTRES.entries()) {
    for (let n = centre; n < floats; n += CENTRES.length) {
      const numbers = Array.from({ length: CYCLES }, (_, cycle) => String(cycle).padStart(3, '0'));
      yield { dac, wmo: String(1_000_000 + n), profiles: new Map(numbers.map((number) => [number, new Set(['R', 'BR'])])) };
    }
  }
}

async function* nobody() {}

async function measure(profiles: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'landfall-bench-'));
  const embedded = await startEmbedded({ home: folder, report: () => undefined, configured: { temporalAddress: '127.0.0.1:1' } });
  const database = await connectDatabase({ uri: embedded.endpoints.mongodbUri, book: 'book' });
  try {
    const before = peakMemory(pid);
    const began = performance.now();
    const settings = {
      into: join(folder, 'planned'),
      scratch: folder,
      signal: new AbortController().signal,
      batchSize: BATCH,
      onTick: () => {},
    };
    const { summary, pages } = await planRebuild({ platforms: floatsOnPaper(profiles), more: nobody() }, settings);
    const sorted = (performance.now() - began) / 1000;
    const plan = await new Plans(database).store('plan', 'argo', planPages(pages()), new Date());
    const seconds = (performance.now() - began) / 1000;
    say(
      `${summary.profiles} profiles of ${summary.platforms} floats: sorted after ${sorted.toFixed(1)} s, ${plan.pages} pages stored after ${seconds.toFixed(1)} s; ` +
        `peak ${peakMemory(pid).toFixed(0)} MiB, ${before.toFixed(0)} before it began`,
    );
  } finally {
    await database.close();
    await embedded.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const profiles = Number(argv[2] ?? 3_000_000);
if (env.LANDFALL_BENCH_PART === undefined) {
  // Each in a process of its own: a peak never goes down again.
  for (const part of [Math.ceil(profiles / 100), profiles])
    spawnSync(execPath, [fileURLToPath(import.meta.url), String(part)], { stdio: 'inherit', env: { ...env, LANDFALL_BENCH_PART: '1' } });
} else await measure(profiles);
