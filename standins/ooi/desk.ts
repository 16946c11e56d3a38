import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Memory } from './state.ts';
import type { Delay, Switches } from './switches.ts';
import type { AcceptedRequest, Ask, Asked, Estimate, World } from './world.ts';

/** Takes data requests in and knows how far each of them is. */
export interface Desk {
  estimate(ask: Ask): Asked;
  accept(ask: Ask): { readonly request: AcceptedRequest; readonly estimate: Estimate };
  /** In the order they were accepted. */
  readonly requests: readonly AcceptedRequest[];
  requestOf(directory: string): AcceptedRequest | undefined;
  /** Whether the server is done with a directory. `isPoll`: this look counts where so many looks are the delay. */
  isReady(directory: string, table: string, isPoll: boolean): boolean;
  /** Done at once, whatever the delay; all of a table where a table is named. */
  finish(directoryOrTable: string): void;
  /** As if they had been taken away after some weeks. */
  expire(directoryOrTable: string): void;
  isExpired(directory: string): boolean;
  /** In the user's own catalog. */
  isListed(directory: string): boolean;
}

export function createDesk(world: World, clock: Clock, switches: () => Switches, memory: Memory): Desk {
  const requests: AcceptedRequest[] = [...memory.requests];
  const byDirectory = new Map(requests.map((request) => [request.directory, request]));
  for (const request of requests) world.restore(request);
  const finished = new Set<string>();
  const expired = new Set<string>();
  const polls = new Map<string, number>();
  const startedAt = clock.now();
  const named = (directoryOrTable: string): readonly string[] =>
    world.directories().filter((name) => name === directoryOrTable || tableOfDirectory(name) === directoryOrTable);

  const isDone = (delay: Delay, directory: string): boolean => {
    if (delay === 'never') return false;
    if ('polls' in delay) return (polls.get(directory) ?? 0) > delay.polls;
    return clock.now() - (byDirectory.get(directory)?.acceptedAt ?? startedAt) >= delay.seconds * 1000;
  };

  return {
    requests,
    estimate: (ask) => world.estimate(ask, switches().answersOf[ask.table], clock.now()),
    accept(ask) {
      const { outcome, outcomeOf, defectsOf, answersOf } = switches();
      const fate = { outcome: outcomeOf[ask.table] ?? outcome, defects: defectsOf[ask.table] ?? [], answers: answersOf[ask.table] };
      const accepted = world.accept(ask, fate, clock.now());
      requests.push(accepted.request);
      memory.keepRequest(accepted.request);
      byDirectory.set(accepted.request.directory, accepted.request);
      return accepted;
    },
    requestOf: (directory) => byDirectory.get(directory),
    isReady(directory, table, isPoll) {
      if (finished.has(directory)) return true;
      if (isPoll) polls.set(directory, (polls.get(directory) ?? 0) + 1);
      const isIt = isDone(switches().delayOf[table] ?? switches().delay, directory);
      if (isIt) finished.add(directory);
      return isIt;
    },
    finish(directoryOrTable) {
      for (const name of named(directoryOrTable)) finished.add(name);
    },
    expire(directoryOrTable) {
      for (const name of named(directoryOrTable)) expired.add(name);
    },
    isExpired: (directory) => expired.has(directory),
    isListed: (directory) => !expired.has(directory) && (byDirectory.has(directory) || switches().listsEarlier),
  };
}

/** Directories are named by a moment and a table. */
export const tableOfDirectory = (directory: string): string => directory.slice(directory.indexOf('-') + 1);

/** Tables that were asked for one range more than once. */
export function repeated(requests: readonly AcceptedRequest[]): readonly string[] {
  const seen = new Set<string>();
  return requests.flatMap(({ table, begin, end }) => {
    const key = `${table} ${begin} ${end}`;
    if (seen.has(key)) return [table];
    seen.add(key);
    return [];
  });
}

export interface StatusTexts {
  /** Of `status.txt`; null: not there. */
  readonly text: string | null;
  readonly json: string | null;
}

/** What a request that ended badly says instead of its own `status.txt` and `status.json`. */
export function endOf(request: AcceptedRequest | undefined, own: StatusTexts): StatusTexts {
  const parts = (code: number, message: string) => ({ code, message, requestUUID: request?.id ?? randomUUID() });
  const ranges = Object.keys(own.json === null ? {} : JSON.parse(own.json));
  const keys = ranges.length === 0 ? ['19000101T000000-21000101T000000'] : ranges;
  const all = (value: object): string => JSON.stringify(Object.fromEntries(keys.map((key) => [key, value])));
  const complete = 'complete\n';
  switch (request?.outcome) {
    case 'aggregation_failed':
      return {
        text: JSON.stringify({ code: 500, message: 'Aggregation failed for the following reason: [Errno 28] No space left on device' }),
        json: '{}',
      };
    case 'no_data':
      return {
        text: complete,
        json: all(parts(404, 'Request for particles failed for the following reason: Query returned no results for primary stream')),
      };
    case 'some_failed': {
      const failed = parts(500, 'Request for particles failed for the following reason: Internal server error');
      return {
        text: complete,
        json: JSON.stringify(Object.fromEntries(keys.map((key, index) => [key, index === keys.length - 1 ? failed : 'complete']))),
      };
    }
    default:
      return own;
  }
}

/** Ends that leave no data file. */
export const leavesNothing = (request: AcceptedRequest | undefined): boolean =>
  request !== undefined && ['aggregation_failed', 'no_data', 'empty_catalog'].includes(request.outcome);
