import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { readEndpoints } from '../../../src/embedded/embedded.ts';
import { bookCollections } from '../../../src/stores/collection-spec.ts';
import { applyCollections } from '../../../src/stores/collections.ts';
import { connectDatabase, type Database } from '../../../src/stores/mongo.ts';
import { room } from '../../helpers/room.ts';
import { shareBundles } from '../../helpers/site.ts';
import { Staying } from '../../helpers/staying.ts';

export type Server = 'worker' | 'temporal' | 'postgres' | 'ferretdb' | 'objects';

export interface DevOptions {
  /** Settings of the command. */
  readonly env?: Readonly<Record<string, string>>;
  /** Flow files that are there before it starts, by the names of the flows. @param folder where they may keep what they make */
  readonly flows?: (folder: string) => Readonly<Record<string, object>>;
}

/** A real `landfall dev` in a home of its own: its supervisor brings back whatever is killed. */
export interface DevHome {
  readonly folder: string;
  readonly home: string;
  readonly client: Client;
  readonly database: Database;
  /** The process that does this work now; null between two. */
  pidOf(server: Server): number | null;
  /** What the command has said so far: each end of a server and each new start are among it. */
  said(): string;
  /** Ends it in order. Kept, its folder stays, with all the command has said in `dev.log`. */
  stop(options?: { readonly keep: boolean }): Promise<void>;
}

const PID_FILES: Readonly<Record<Server, string>> = {
  worker: 'worker',
  temporal: 'temporal.json',
  postgres: 'postgres.json',
  ferretdb: 'ferretdb.json',
  objects: 'versitygw.json',
};

export async function startDevHome({ env = {}, flows = () => ({}) }: DevOptions = {}): Promise<DevHome> {
  const folder = mkdtempSync(join(room, 'landfall-chaos-'));
  const home = join(folder, 'home');
  mkdirSync(join(home, 'flows'), { recursive: true });
  for (const [name, flow] of Object.entries(flows(folder))) writeFileSync(join(home, 'flows', `${name}.yaml`), JSON.stringify(flow));
  shareBundles(home);
  const dev = new Staying(['--home', home, 'dev'], folder, { LANDFALL_LOG_LEVEL: 'warn', LANDFALL_LOG_FORMAT: 'json', ...env });
  await dev.says(/Ctrl-C ends everything in order/);
  const endpoints = await readEndpoints(home);
  if (endpoints === null) throw new Error(`landfall dev has written no addresses into ${home}`);
  const connection = await Connection.connect({ address: endpoints.temporalAddress });
  const database = await connectDatabase({ uri: endpoints.mongodbUri, book: 'landfall' });
  await applyCollections(database.book, bookCollections);
  return {
    folder,
    home,
    client: new Client({ connection }),
    database,
    pidOf: (server) => pidIn(join(home, 'pids', PID_FILES[server])),
    said: () => dev.text,
    async stop({ keep } = { keep: false }) {
      // A call that was given up on is still being repeated, and would stumble over a closed connection.
      if (!keep) await connection.close();
      await database.close();
      await dev.end('SIGTERM');
      if (keep) writeFileSync(join(folder, 'dev.log'), dev.text);
      else rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The file goes when its process ends, and comes back with the next. */
function pidIn(path: string): number | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).pid;
  } catch {
    return null;
  }
}
