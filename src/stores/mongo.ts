import { type Db, MongoClient, MongoNetworkError, MongoServerError, MongoServerSelectionError } from 'mongodb';
import { Failure, isFailure, messageOf } from '../errors.ts';
import { guardClosedSockets } from './closed-sockets.ts';

/** A connection and the two databases behind it: book-keeping here, products wherever a flow says. */
export interface Database {
  /** Landfall's own collections: leases, plans, runs, receipts, quarantine. */
  readonly book: Db;
  /** The database a flow's products live in. */
  products(name: string): Db;
  close(): Promise<void>;
}

/**
 * Connects and proves the connection with a ping.
 * @throws {Failure} `database_unreachable` (again): nobody answers; `database_refused` (stop): the credentials were refused.
 */
export async function connectDatabase(options: {
  readonly uri: string;
  readonly book: string;
  readonly waitMs?: number;
}): Promise<Database> {
  guardClosedSockets();
  const client = clientOf(options);
  try {
    await client.connect();
    await client.db(options.book).command({ ping: 1 });
  } catch (error) {
    await client.close();
    throw mongoFailure(error, 'connecting to the database');
  }
  return {
    book: client.db(options.book),
    products: (name) => client.db(name),
    close: () => client.close(),
  };
}

function clientOf({ uri, waitMs }: { readonly uri: string; readonly waitMs?: number }): MongoClient {
  try {
    return new MongoClient(uri, {
      serverSelectionTimeoutMS: waitMs ?? 10_000,
      // Longer than any honest answer takes; a server that never answers must not hold an activity for ever.
      socketTimeoutMS: 600_000,
      appName: 'landfall',
      // A batch holds one connection at a time; a worker runs few batches at once.
      maxPoolSize: 20,
    });
  } catch {
    // The driver's own words may quote the address, and with it the password.
    throw new Failure({
      kind: 'stop',
      code: 'bad_configuration',
      happened: 'The address of the database cannot be read as one',
      expected: 'an address such as mongodb://user:password@host:27017/?authSource=admin',
      remedy: 'Correct MONGODB_URI, or the file that MONGODB_URI_FILE names',
    });
  }
}

/** MongoDB's own codes first, then those of DocumentDB behind FerretDB (measured on FerretDB 2.7). */
const DUPLICATE_KEY = new Set([11000]);
const REFUSED_DOCUMENT = new Set([121, 525074461, 16755, 16804, 13026, 13027, 302514205, 10334, 17280]);
const REFUSED_CREDENTIALS = new Set([13, 18]);

export const isDuplicateKey = (code: number | undefined): boolean => code !== undefined && DUPLICATE_KEY.has(code);

/** True when the server refused a document for what is in it: its schema, its position, its size. */
export const isRefusedDocument = (code: number | undefined): boolean => code !== undefined && REFUSED_DOCUMENT.has(code);

export function codeOf(error: unknown): number | undefined {
  return error instanceof MongoServerError && typeof error.code === 'number' ? error.code : undefined;
}

/** Sorts any error of the driver into the three kinds. Outages are tried again for as long as they last. */
export function mongoFailure(error: unknown, doing: string): Failure {
  if (isFailure(error)) return error;
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) {
    return new Failure({
      kind: 'again',
      code: 'database_unreachable',
      happened: `The database did not answer while ${doing}: ${messageOf(error)}`,
      remedy: 'Check that it runs and that MONGODB_URI names it; the work goes on by itself when it is back',
      cause: error,
    });
  }
  const code = codeOf(error);
  if (code !== undefined && REFUSED_CREDENTIALS.has(code)) {
    return new Failure({
      kind: 'stop',
      code: 'database_refused',
      happened: `The database refused the credentials while ${doing}`,
      remedy: 'Check the user, the password and the rights named by MONGODB_URI',
      cause: error,
    });
  }
  return new Failure({
    kind: 'again',
    code: 'database_error',
    happened: `The database answered with an error while ${doing}: ${messageOf(error)}`,
    cause: error,
  });
}

/** Runs one database operation and translates what it throws. */
export async function within<T>(doing: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw mongoFailure(error, doing);
  }
}
