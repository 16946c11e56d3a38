import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Flow } from '../config/flow.ts';
import { findFlow, type LoadedFlow, loadFlows } from '../config/flow-file.ts';
import { loadSettings, type Settings } from '../config/settings.ts';
import { temporalConnection } from '../config/temporal-connection.ts';
import { type Addresses, serverAddresses } from '../embedded/addresses.ts';
import { Failure, messageOf } from '../errors.ts';
import { kinds } from '../kinds.ts';
import { connectDatabase, type Database } from '../stores/mongo.ts';
import type { GlobalOptions } from './output.ts';

/** The environment a command and the processes it starts see: what was typed goes before what was set. */
export function environment({ home, flows }: GlobalOptions, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const chosen = {
    ...env,
    ...(home === undefined ? {} : { LANDFALL_HOME: resolve(home) }),
    ...(flows === undefined ? {} : { LANDFALL_FLOWS: resolve(flows) }),
  };
  // A home that brings its own flow files (the demo's) is complete by itself.
  const own = join(resolve(chosen.LANDFALL_HOME ?? '.landfall'), 'flows');
  return chosen.LANDFALL_FLOWS === undefined && existsSync(own) ? { ...chosen, LANDFALL_FLOWS: own } : chosen;
}

export const settingsOf = (options: GlobalOptions): Settings => loadSettings(environment(options));

/** What a command works with. Connections are made when they are first asked for, and closed at the end. */
export class Context {
  readonly settings: Settings;
  #addresses: Addresses | null;
  #temporal: { readonly client: Client; readonly connection: Connection } | null = null;
  #database: Database | null = null;

  constructor(settings: Settings, addresses: Addresses | null = null) {
    this.settings = settings;
    this.#addresses = addresses;
  }

  async addresses(): Promise<Addresses> {
    this.#addresses ??= await serverAddresses(this.settings);
    return this.#addresses;
  }

  async connection(): Promise<Connection> {
    return (await this.#connect()).connection;
  }

  async client(): Promise<Client> {
    return (await this.#connect()).client;
  }

  async database(): Promise<Database> {
    const { mongodbUri } = await this.addresses();
    this.#database ??= await connectDatabase({ uri: mongodbUri, book: this.settings.mongodb.database, waitMs: 5_000 });
    return this.#database;
  }

  flows(): Promise<readonly LoadedFlow<Flow>[]> {
    return loadFlows(this.settings.flows, kinds);
  }

  async flow(name: string): Promise<Flow> {
    return (await findFlow(this.settings.flows, kinds, name)).flow;
  }

  async close(): Promise<void> {
    await this.#database?.close();
    await this.#temporal?.connection.close();
  }

  async #connect(): Promise<{ readonly client: Client; readonly connection: Connection }> {
    if (this.#temporal !== null) return this.#temporal;
    const { temporalAddress } = await this.addresses();
    try {
      const connection = await Connection.connect({ ...temporalConnection(this.settings, temporalAddress), connectTimeout: '5s' });
      this.#temporal = { connection, client: new Client({ connection, namespace: this.settings.temporal.namespace }) };
      return this.#temporal;
    } catch (error) {
      throw new Failure({
        kind: 'again',
        code: 'temporal_unreachable',
        happened: `Temporal did not answer at ${temporalAddress}: ${messageOf(error)}`,
        remedy: 'Start it with: landfall dev. Or correct TEMPORAL_ADDRESS',
        cause: error,
      });
    }
  }
}

/** Runs a command's work with a context and closes it whatever happens. */
export async function withContext<T>(options: GlobalOptions, work: (context: Context) => Promise<T>): Promise<T> {
  const context = new Context(settingsOf(options));
  try {
    return await work(context);
  } finally {
    await context.close();
  }
}
