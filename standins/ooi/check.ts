import { parseArgs } from 'node:util';
import { z } from 'zod';
import { Failure, messageOf } from '../../src/errors.ts';
import { compareSeries, type SeriesCheck } from './compare.ts';
import { folderReader } from './folder-reader.ts';
import { generatedWorld } from './series/facility-world.ts';

const USAGE = `node standins/ooi/check.ts --url http://127.0.0.1:PORT --series '{…}' --table TABLE --stores '[{"folder":"…","requests":["…"]}]'`;

const storesSchema = z.array(z.strictObject({ folder: z.string(), requests: z.array(z.string()) })).min(1);

const seriesSchema = z.strictObject({
  seed: z.number(),
  streams: z.number(),
  beginMs: z.number(),
  rowSeconds: z.number(),
  deploymentDays: z.number(),
  rowsPerFile: z.number(),
  wavelengths: z.array(z.number()),
  isIrregular: z.boolean(),
});

const outcome = z.enum(['as_it_is', 'aggregation_failed', 'no_data', 'some_failed', 'empty_catalog']);
const defect = z.strictObject({ file: z.int(), kind: z.enum(['truncated', 'html', 'nothing', 'empty', 'no_time', 'missing']) });
const acceptedSchema = z.array(
  z.object({
    id: z.string(),
    table: z.string(),
    acceptedAt: z.number(),
    begin: z.number().nullable(),
    end: z.number().nullable(),
    outcome,
    defects: z.array(defect),
  }),
);

/** Compares stores in folders with what the generator says they must hold after the requests that are named. Prints what it found, as JSON. */
async function main(): Promise<boolean> {
  const text = { type: 'string' } as const;
  const { url, series, table, stores } = parseArgs({ options: { url: text, series: text, table: text, stores: text } }).values;
  if (url === undefined || series === undefined || table === undefined || stores === undefined)
    throw new Failure({ kind: 'stop', code: 'standin_arguments', happened: 'An argument is missing', remedy: `Use: ${USAGE}` });
  const world = generatedWorld(seriesSchema.parse(JSON.parse(series)));
  const accepted = acceptedSchema.parse(await (await fetch(`${url}/standin/requests`)).json());
  const results: SeriesCheck[] = [];
  for (const { folder, requests } of storesSchema.parse(JSON.parse(stores))) {
    const consumed = accepted.filter(({ id }) => requests.includes(id));
    if (consumed.length !== requests.length)
      throw new Failure({
        kind: 'stop',
        code: 'standin_requests',
        happened: `Of the requests ${requests.join(', ')} the stand-in accepted ${consumed.length}`,
      });
    results.push(await compareSeries(world.expectedRows(table, consumed), folderReader(folder)));
  }
  process.stdout.write(`${JSON.stringify(results)}\n`);
  return results.every(({ different }) => different.length === 0);
}

main().then(
  (isRight) => {
    process.exitCode = isRight ? 0 : 1;
  },
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 2;
  },
);
