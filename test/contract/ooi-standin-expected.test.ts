import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { digestOf } from '../../standins/ooi/series/digest.ts';
import { type GeneratedWorld, generatedWorld } from '../../standins/ooi/series/facility-world.ts';
import { clockAt, SERIES_DEFAULTS } from '../../standins/ooi/series/options.ts';
import type { Defect, Outcome } from '../../standins/ooi/switches.ts';
import type { AcceptedRequest } from '../../standins/ooi/world.ts';
import { REFERENCE, referenceSchema } from '../helpers/ooi-reference.ts';
import { foreignPython } from '../helpers/python.ts';

const SAMPLES = fileURLToPath(new URL('../../../shared/data/ooi', import.meta.url));
const RESULTS = join(SAMPLES, 'server/async_results/harvester@example.org');
const DAY_US = 86_400e6;

describe('what a store must hold', async () => {
  const python = await foreignPython();
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landfall-ooi-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const reference = async (table: string, requests: readonly string[]) =>
    referenceSchema.parse(JSON.parse(python.isThere ? await python.run(REFERENCE, JSON.stringify({ table, requests })) : '{}'));

  /** Writes what a reader gets of a request; what is catalogued and not there is left out. */
  async function written(world: GeneratedWorld, { directory }: AcceptedRequest): Promise<string> {
    const path = join(folder, directory);
    await mkdir(path, { recursive: true });
    for (const file of world.directory(directory)?.files ?? []) {
      const bytes = file.bytes();
      if (bytes !== null) await writeFile(join(path, file.name), bytes);
    }
    return path;
  }

  const isHere = python.isThere && existsSync(SAMPLES);
  it('of the published requests is what the reference makes of them', {
    skip: isHere ? false : 'samples or Python are not here',
  }, async () => {
    for (const table of readdirSync(join(SAMPLES, 'golden'))) {
      for (const name of ['refresh.json', 'refresh_append1_append2.json']) {
        const path = join(SAMPLES, 'golden', table, name);
        if (!existsSync(path)) continue;
        const golden = referenceSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
        const count = name === 'refresh.json' ? 1 : 3;
        const requests = readdirSync(RESULTS)
          .filter((directory) => directory.endsWith(table))
          .toSorted()
          .slice(0, count);
        assert.deepEqual(
          await reference(
            table,
            requests.map((one) => join(RESULTS, one)),
          ),
          golden,
          `${table} ${name}`,
        );
      }
    }
  });

  it('of generated requests is what the reference makes of their files', { skip: python.isThere ? false : python.why }, async () => {
    const options = { ...SERIES_DEFAULTS, streams: 3, deploymentDays: 4, rowsPerFile: 150 };
    const world = generatedWorld(options);
    const begin = options.beginMs * 1000;
    const defects: readonly Defect[] = [
      { file: 1, kind: 'truncated' },
      { file: 2, kind: 'html' },
      { file: 4, kind: 'empty' },
      { file: 5, kind: 'no_time' },
      { file: 6, kind: 'other_epoch' },
      { file: 7, kind: 'bad_units' },
      { file: -1, kind: 'missing' },
    ];
    for (const { table } of world.streams.values()) {
      const accept = (from: number, days: number, wrong: readonly Defect[], outcome: Outcome = 'as_it_is'): AcceptedRequest => {
        const fate = { outcome, defects: wrong, answers: undefined };
        return world.accept({ table, begin: from, end: null, query: {} }, fate, clockAt(options, days)).request;
      };
      const requests = [accept(begin, 10, defects), accept(begin + 8 * DAY_US, 10.6, []), accept(begin + 9 * DAY_US, 12.5, [], 'unmerged')];

      const expected = world.expectedRows(table, requests);
      const found = await reference(table, await Promise.all(requests.map((request) => written(world, request))));

      const columns = [...expected.columns].map(([name, column]) => [name, digestOf(column)] as const);
      assert.deepEqual(found.variables, Object.fromEntries(columns));
      assert.deepEqual([found.observations, found.rows_read], [expected.rows, expected.rowsRead]);
    }
  });
});
