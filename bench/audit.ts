/**
 * An audit of mirror, receipts and documents against what a shell script would do: node bench/audit.ts [profiles …]
 *
 * The tree, receipts and documents are as small as an audit needs them: it reads names, sizes, times and ids, never content. The rival reads
 * every name with find and every id with a cursor, sorts both lists and compares them with comm; it looks at no size, time or receipt.
 * Both run in a process of their own, one after the other, over the same tree and the same embedded database.
 */
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execPath, resourceUsage, stdout } from 'node:process';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { audit } from '../src/argo/audit/audit.ts';
import { auditSentence } from '../src/argo/audit/report.ts';
import { argoFlowSchema } from '../src/argo/flow.ts';
import { RULES_VERSION } from '../src/argo/rules-version.ts';
import { startEmbedded } from '../src/embedded/embedded.ts';
import { bookCollections } from '../src/stores/collection-spec.ts';
import { applyCollections } from '../src/stores/collections.ts';
import { connectDatabase, type Database } from '../src/stores/mongo.ts';
import { Plans } from '../src/stores/plans.ts';
import { Quarantine } from '../src/stores/quarantine.ts';
import { type Receipt, Receipts } from '../src/stores/receipts.ts';

// As a worker does.
setFlagsFromString('--heap-growing-percent=50');

const CYCLES = 150;
const CENTRES = ['aoml', 'bodc', 'coriolis', 'csio', 'csiro', 'incois', 'jma', 'kma', 'kordi', 'meds', 'nmdis'] as const;
const BATCH = 5_000;

const say = (line: string): void => void stdout.write(`${line}\n`);
const seconds = (since: number): number => (performance.now() - since) / 1000;
const megabytes = (): number => resourceUsage().maxRSS / 1024;
const flowOf = (mirror: string) =>
  argoFlowSchema.parse({ name: 'bench', kind: 'argo', upstream: { rsync: 'rsync://127.0.0.1:1/argo/' }, mirror });

const [, , role = '', uri = '', folder = '', count = ''] = argv;
if (role === 'make') await make(uri, folder, Number(count));
else if (role === 'audit') await runAudit(uri, folder);
else if (role === 'rival') await runRival(uri, folder);
else await compare(argv.slice(2).map(Number));

async function compare(sizes: readonly number[]): Promise<void> {
  for (const profiles of sizes.length === 0 ? [100_000, 300_000] : sizes) {
    const home = await mkdtemp(join(tmpdir(), 'landfall-bench-'));
    const embedded = await startEmbedded({ home, report: () => undefined, configured: { temporalAddress: '127.0.0.1:1' } });
    try {
      for (const part of ['make', 'rival', 'audit', 'rival', 'audit']) {
        const args = [fileURLToPath(import.meta.url), part, embedded.endpoints.mongodbUri, home, String(profiles)];
        if (spawnSync(execPath, args, { stdio: 'inherit' }).status !== 0) throw new Error(`${part} failed`);
      }
    } finally {
      await embedded.stop();
      await rm(home, { recursive: true, force: true });
    }
  }
}

/** Neighbouring floats lie under different centres, and some have five digits, so that the merge has something to do. */
async function make(address: string, home: string, profiles: number): Promise<void> {
  const began = performance.now();
  const database = await connectDatabase({ uri: address, book: 'book' });
  await applyCollections(database.book, bookCollections);
  const documents = database.products('argo').collection<{ _id: string }>('argo');
  const receipts = new Receipts(database);
  let proofs: Receipt[] = [];
  const flush = async (): Promise<void> => {
    await documents.insertMany(proofs.map(({ product }) => ({ _id: product })));
    await receipts.record(proofs, () => true);
    proofs = [];
  };
  for (let float = 0; float * CYCLES < profiles; float += 1) {
    const wmo = String(float % 10 === 0 ? 13_000 + float : 1_900_000 + float);
    const dac = CENTRES[float % CENTRES.length] ?? 'aoml';
    mkdirSync(join(home, 'mirror', dac, wmo, 'profiles'), { recursive: true });
    for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
      const name = `${wmo}_${String(cycle).padStart(3, '0')}`;
      const path = `${dac}/${wmo}/profiles/R${name}.nc`;
      writeFileSync(join(home, 'mirror', path), 'CDF');
      const { size: sizeBytes, mtimeMs } = statSync(join(home, 'mirror', path));
      const files = [{ path, sizeBytes, mtimeMs: Math.floor(mtimeMs), sha256: 'a'.repeat(64) }];
      proofs.push({ flow: 'bench', item: `${dac}/${name}`, product: name, files, run: 'run', rules: RULES_VERSION, at: new Date() });
    }
    if (proofs.length >= BATCH) await flush();
  }
  if (proofs.length > 0) await flush();
  await database.close();
  say(`${profiles} profiles made in ${seconds(began).toFixed(0)} s`);
}

async function runAudit(address: string, home: string): Promise<void> {
  const database: Database = await connectDatabase({ uri: address, book: 'book' });
  const began = performance.now();
  const { counts } = await audit(
    { database, receipts: new Receipts(database), quarantine: new Quarantine(database), plans: new Plans(database) },
    {
      flow: flowOf(join(home, 'mirror')),
      plan: `audit-${Date.now()}`,
      now: new Date(),
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onFinding: () => undefined,
    },
  );
  const took = seconds(began);
  say(
    `audit  ${took.toFixed(1)} s, ${(counts.profiles / took).toFixed(0)} profiles/s, peak ${megabytes().toFixed(0)} MiB: ${auditSentence({ counts })}`,
  );
  await database.close();
}

async function runRival(address: string, home: string): Promise<void> {
  const database = await connectDatabase({ uri: address, book: 'book' });
  const began = performance.now();
  const ids = createWriteStream(join(home, 'ids'));
  for await (const { _id } of database
    .products('argo')
    .collection('argo')
    .find({}, { projection: { _id: 1 } }))
    ids.write(`${String(_id)}\n`);
  ids.end();
  await finished(ids);
  const script =
    `find mirror -path '*/profiles/*.nc' ! -name 'B*' -printf '%f\\n' | sed -E 's/^[A-Z]+//; s/\\.nc$//' | sort -u > names && ` +
    'sort -u ids -o ids && comm -3 names ids | wc -l';
  const { stdout: differing } = spawnSync('sh', ['-c', script], { cwd: home, env: { ...process.env, LC_ALL: 'C' }, encoding: 'utf8' });
  say(`rival  ${seconds(began).toFixed(1)} s, ${differing.trim()} ids differ`);
  await database.close();
}
