import { ConfigError, type Problem } from '../../config/problems.ts';
import { Failure, isFailure } from '../../errors.ts';
import { parseTable } from '../names.ts';
import { REQUEST_FOLDER, readRecord, recordFiles, STATUS_FOLDER } from './record-folder.ts';

/** How the records of the existing harvest become ours: reading them is pure and throws a `Failure`, adopting one leaves what is there already. */
export interface RecordKeeper<Status, Request> {
  readStatus(table: string, json: unknown): Status;
  /** Name or address of the request record that the stream waits for; null: it waits for none. */
  outstanding(status: Status): string | null;
  readRequest(name: string, json: unknown, flow: string): Request;
  /** False: there is one already, which stays. */
  adoptStatus(status: Status): Promise<boolean>;
  adoptRequest(request: Request): Promise<boolean>;
}

export interface ImportedRecords {
  readonly statuses: { readonly adopted: number; readonly kept: number };
  /** Only requests that a stream waits for are taken over; `past`: the others. */
  readonly requests: { readonly adopted: number; readonly kept: number; readonly past: number };
  /** Tables that wait for a request whose record is not in the folder: it is asked again. */
  readonly withoutRecord: readonly string[];
}

/**
 * Takes over the status records, and the request records that streams wait for, of a folder that is a copy of the existing harvest's bucket. Everything is
 * read before anything is adopted; a second time changes nothing.
 *
 * @throws {ConfigError} every record that cannot be read
 */
export async function importRecords<Status, Request>(
  folder: string,
  keeper: RecordKeeper<Status, Request>,
  { dryRun }: { readonly dryRun: boolean },
): Promise<ImportedRecords> {
  const problems: Problem[] = [];
  const read = async <T>(
    kind: string,
    form: (name: string, json: unknown) => T,
    wanted: (name: string) => boolean,
  ): Promise<Map<string, T>> => {
    const records = new Map<string, T>();
    for (const record of await recordFiles(folder, kind)) {
      if (!wanted(record.name)) continue;
      const found = await readRecord(folder, record);
      const value = 'json' in found ? formed(() => form(record.name, found.json), record.file) : found;
      if (isProblem(value)) problems.push(value);
      else records.set(record.name, value.value);
    }
    return records;
  };

  const statuses = await read(
    STATUS_FOLDER,
    (name, json) => keeper.readStatus(tableNamed(name), json),
    () => true,
  );
  const waited = new Map([...statuses].flatMap(([table, status]) => waitedFor(table, keeper.outstanding(status))));
  const requests = await read(
    REQUEST_FOLDER,
    (name, json) => keeper.readRequest(name, json, (waited.get(name) ?? '').toLowerCase()),
    (name) => waited.has(name),
  );
  const all = await recordFiles(folder, REQUEST_FOLDER);
  if (statuses.size + all.length + problems.length === 0) throw nothingThere(folder);
  if (problems.length > 0) throw new ConfigError(`the records of ${folder}`, problems);
  const names = new Set(all.map(({ name }) => name));
  return {
    statuses: await adopted([...statuses.values()], dryRun ? null : (status) => keeper.adoptStatus(status)),
    requests: {
      ...(await adopted([...requests.values()], dryRun ? null : (request) => keeper.adoptRequest(request))),
      past: names.size - requests.size,
    },
    withoutRecord: [...waited].flatMap(([name, table]) => (names.has(name) ? [] : [table])),
  };
}

/** The record may be named by its address. */
const waitedFor = (table: string, record: string | null): readonly (readonly [name: string, table: string])[] =>
  record === null ? [] : [[record.split('/').at(-1) ?? '', table]];

function tableNamed(name: string): string {
  if (parseTable(name) !== null) return name;
  const happened = `${JSON.stringify(name.slice(0, 100))} is the name of no table`;
  throw new Failure({ kind: 'stop', code: 'bad_status_record', happened, expected: '<refdes>-<method>-<stream>' });
}

function formed<T>(form: () => T, file: string): { readonly value: T } | Problem {
  try {
    return { value: form() };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { file, path: '', text: error.message };
  }
}

const isProblem = (value: object): value is Problem => 'text' in value;

/** Without a way to adopt them all would be adopted. */
async function adopted<T>(
  records: readonly T[],
  adopt: ((record: T) => Promise<boolean>) | null,
): Promise<{ readonly adopted: number; readonly kept: number }> {
  let count = adopt === null ? records.length : 0;
  if (adopt !== null) for (const record of records) count += (await adopt(record)) ? 1 : 0;
  return { adopted: count, kept: records.length - count };
}

const nothingThere = (folder: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'usage',
    happened: `${folder} holds no records`,
    expected: `the folders ${STATUS_FOLDER} and ${REQUEST_FOLDER}, as the existing harvest keeps them in its bucket`,
    remedy: 'Copy them there first, such as with: aws s3 sync',
  });
