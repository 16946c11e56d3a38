import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { openStore } from '../src/formats/zarr/open.ts';
import { readArray } from '../src/formats/zarr/read.ts';
import { rawBytes } from '../src/formats/zarr/values.ts';
import { parseTable } from '../src/ooi/names.ts';
import { openDisk } from '../src/stores/objects/disk.ts';
import { generatedWorld } from '../standins/ooi/series/facility-world.ts';
import { seriesSchema } from '../standins/ooi/series/options.ts';
import { requestSchema } from '../standins/ooi/state.ts';

/** A facility in a process of its own, so that its work is not the harvester's. */
export interface FacilityProcess {
  readonly url: string;
  readonly user: string;
  readonly token: string;
  readonly tables: readonly string[];
  order(verb: string, body: object): Promise<void>;
  /** Since the last `clear`. */
  visits(): Promise<readonly Visit[]>;
  requests(): Promise<readonly z.output<typeof requestSchema>[]>;
  /** SHA-256 by array of what the store of a table must hold after all requests so far. */
  expected(table: string): Promise<Readonly<Record<string, string>>>;
  stop(): Promise<void>;
}

const visitSchema = z.object({ at: z.number(), endpoint: z.string(), path: z.string(), status: z.number() });
export type Visit = z.output<typeof visitSchema>;
const readySchema = z.object({ url: z.string(), user: z.string(), token: z.string(), series: seriesSchema });

export async function startFacilityProcess(args: readonly string[]): Promise<FacilityProcess> {
  const main = fileURLToPath(new URL('../standins/ooi/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, ...args, '--until-stdin-ends'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const { url, user, token, series } = readySchema.parse(JSON.parse(String(first.value)));
  const world = generatedWorld(series);
  const look = async (verb: string): Promise<unknown> => (await fetch(`${url}/standin/${verb}`)).json();
  const requests = async () => z.array(requestSchema).parse(await look('requests'));
  return {
    ...{ url, user, token, requests },
    tables: [...world.streams.keys()],
    async order(verb, body) {
      const { ok, status } = await fetch(`${url}/standin/${verb}`, { method: 'POST', body: JSON.stringify(body) });
      if (!ok) throw new Error(`the stand-in answered ${verb} with ${status}`);
    },
    visits: async () => z.array(visitSchema).parse(await look('traffic')),
    async expected(table) {
      const { columns } = world.expectedRows(table, await requests());
      return Object.fromEntries([...columns].map(([name, { values }]) => [name, digest(values)]));
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

const digest = ({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): string =>
  createHash('sha256')
    .update(Buffer.from(buffer, byteOffset, byteLength))
    .digest('hex');

/** SHA-256 of each array of the live store of a table. */
export async function stored(stores: string, table: string): Promise<Readonly<Record<string, string>>> {
  const store = await openDisk({ folder: await realpath(join(stores, table)) });
  const reader = { get: async (key: string) => (await store.get(key))?.bytes ?? null };
  const { arrays } = await openStore(reader);
  const found: Record<string, string> = {};
  for (const [name, array] of arrays) found[name] = digest(rawBytes(await readArray(reader, array)));
  return found;
}

/** A flow for each table, `s0001` and so on, and the set `all`. */
export async function writeFlows(
  folder: string,
  {
    url,
    tables,
    stores,
    width,
  }: { readonly url: string; readonly tables: readonly string[]; readonly stores: string; readonly width: number },
): Promise<ReadonlyMap<string, string>> {
  await mkdir(folder, { recursive: true });
  const names = new Map<string, string>();
  const store = { place: stores };
  for (const [at, table] of tables.entries()) {
    const name = `s${String(at + 1).padStart(4, '0')}`;
    const found = parseTable(table);
    if (found === null) throw new Error(`${table} is no table`);
    const { instrument, method, stream } = found;
    const flow = {
      ...{ name, kind: 'ooi', instrument, stream: { method, name: stream }, store },
      // The clock of every wait for the facility: a second here is a minute there.
      upstream: { api: `${url}/`, look: '1s', again: '1s' },
      schedules: { harvest: null, refresh: null, verify: null },
    };
    await writeFile(join(folder, `${name}.yaml`), JSON.stringify(flow));
    names.set(name, table);
  }
  await writeFile(join(folder, 'all.yaml'), JSON.stringify({ name: 'all', kind: 'ooi', streams: 'all', width, store }));
  return names;
}

/** Most visits in any stretch of so long. */
export function mostWithin(visits: readonly Visit[], ms: number): number {
  const times = visits.map(({ at }) => at).toSorted((a, b) => a - b);
  let [most, from] = [0, 0];
  for (const [to, at] of times.entries()) {
    while (at - (times[from] ?? at) >= ms) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}
