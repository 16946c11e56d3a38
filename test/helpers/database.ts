import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbedded } from '../../src/embedded/embedded.ts';
import { connectDatabase, type Database } from '../../src/stores/mongo.ts';
import { room } from './room.ts';

export interface TestDatabase {
  readonly uri: string;
  /** A folder that goes with the database. */
  readonly folder: string;
  /** A connection whose book-keeping is in a database of its own; closed with the server. */
  open(book: string): Promise<Database>;
  stop(): Promise<void>;
}

/** The embedded database alone, in a temporary folder. */
export async function startDatabase(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(room, 'landfall-database-'));
  const embedded = await startEmbedded({
    home: folder,
    report: () => undefined,
    usualPorts: false,
    configured: { temporalAddress: '127.0.0.1:1' },
  });
  const opened: Database[] = [];
  const uri = embedded.endpoints.mongodbUri;
  return {
    uri,
    folder,
    async open(book) {
      const database = await connectDatabase({ uri, book });
      opened.push(database);
      return database;
    },
    async stop() {
      await Promise.all(opened.map((database) => database.close()));
      await embedded.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
