import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../../src/errors.ts';
import { answer } from './answer.ts';
import { damaged } from './damage.ts';
import type { Defect } from './switches.ts';
import type { Accepted, Asked, Fate, ResultDirectory, ResultFile, World } from './world.ts';

const routesSchema = z.object({
  user: z.string(),
  hosts: z.record(z.string(), z.url()),
  routes: z.array(
    z.object({
      path: z.string(),
      status: z.int(),
      content_type: z.string(),
      query: z.record(z.string(), z.string()).exactOptional(),
      file: z.string(),
    }),
  ),
  data_requests: z.array(
    z.object({
      key: z.string(),
      table_name: z.string(),
      answer: z.string(),
      estimate: z.string(),
      request_directory: z.string(),
    }),
  ),
});

const estimateSchema = z.object({ sizeCalculation: z.number(), timeCalculation: z.number(), numberOfSubJobs: z.number() });
const answerSchema = estimateSchema.extend({ requestUUID: z.string() });

/** Of answers; a client that is sent to the facility's own hosts needs a host map. */
export interface TreeWorld extends World {
  /** The hosts that the tree's answers name. */
  readonly hosts: readonly string[];
}

/**
 * Serves a folder with a `routes.json`: answers of the interface, and the directories of requests that were made once.
 * A table's data requests get the tree's answers one after the other; one that comes after the last finds no data.
 * @throws {Failure} `standin_tree` (stop): there is no such folder, or its routes are not understood.
 */
export function openTree(folder: string): TreeWorld {
  const routes = readRoutes(folder);
  const results = join(folder, 'async_results', routes.user);
  const taken = new Map<string, number>();
  const fates = new Map<string, Pick<Fate, 'defects'>>();
  const read = (path: string): Buffer => readFileSync(join(folder, path));
  const parsed = (path: string): unknown => JSON.parse(read(path).toString());

  const next = (table: string, keys: readonly string[] | undefined) => {
    const all = routes.data_requests.filter(({ table_name }) => table_name === table);
    const wanted = keys === undefined ? all : keys.flatMap((key) => all.filter((one) => one.key === key));
    return { isKnown: all.length > 0, item: wanted[taken.get(table) ?? 0] };
  };

  return {
    user: routes.user,
    hosts: Object.values(routes.hosts),
    api(path, query) {
      const route = routes.routes.find(
        (one) => one.path === path && Object.entries(one.query ?? {}).every(([key, value]) => query.get(key) === value),
      );
      return route === undefined ? null : answer(route.status, route.content_type, read(route.file));
    },
    estimate({ table }, answers): Asked {
      const { isKnown, item } = next(table, answers);
      if (!isKnown) return { state: 'unknown' };
      return item === undefined ? { state: 'no_data' } : { state: 'data', estimate: estimateSchema.parse(parsed(item.estimate)) };
    },
    accept(ask, fate, nowMs): Accepted {
      const { item } = next(ask.table, fate.answers);
      if (item === undefined)
        throw new Failure({ kind: 'stop', code: 'standin_tree', happened: `The tree has no further answer for ${ask.table}` });
      taken.set(ask.table, (taken.get(ask.table) ?? 0) + 1);
      fates.set(item.request_directory, fate);
      const { requestUUID, ...estimate } = answerSchema.parse(parsed(item.answer));
      const { answers: _, ...rest } = fate;
      return { estimate, request: { id: requestUUID, directory: item.request_directory, acceptedAt: nowMs, ...ask, ...rest } };
    },
    restore({ table, directory, defects }) {
      taken.set(table, (taken.get(table) ?? 0) + 1);
      fates.set(directory, { defects });
    },
    sample: () => null,
    goldCopy: () => null,
    directories: () => routes.data_requests.map((one) => one.request_directory).toSorted(),
    directory(name) {
      const request = routes.data_requests.find((one) => one.request_directory === name);
      return request === undefined ? null : directoryOf(join(results, name), request.table_name, fates.get(name)?.defects ?? []);
    },
  };
}

/** One whose request never got that far is not there, and yet can be asked for. */
function directoryOf(folder: string, table: string, defects: readonly Defect[]): ResultDirectory {
  const names = existsSync(folder) ? readdirSync(folder).toSorted().toReversed() : [];
  const text = (name: string): string | null => (names.includes(name) ? readFileSync(join(folder, name), 'utf8') : null);
  const files = names.filter((name) => !['status.txt', 'status.json'].includes(name)).map((name) => fileOf(folder, name));
  return {
    table,
    modifiedAt: existsSync(folder) ? Math.floor(statSync(folder).mtimeMs) : 0,
    files: damaged(files, table, defects),
    statusText: text('status.txt'),
    statusJson: text('status.json'),
  };
}

const fileOf = (folder: string, name: string): ResultFile => ({
  name,
  size: () => statSync(join(folder, name)).size,
  bytes: () => readFileSync(join(folder, name)),
});

function readRoutes(folder: string): z.output<typeof routesSchema> {
  try {
    return routesSchema.parse(JSON.parse(readFileSync(join(folder, 'routes.json'), 'utf8')));
  } catch (cause) {
    throw new Failure({
      kind: 'stop',
      code: 'standin_tree',
      happened: `${folder} cannot be served`,
      expected: 'a folder with a routes.json that names its answers',
      cause,
    });
  }
}
