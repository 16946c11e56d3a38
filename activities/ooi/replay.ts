import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cancellationSignal } from '@temporalio/activity';
import { isFailure } from '../../src/errors.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import { flowTable } from '../../src/ooi/form.ts';
import { readManifest } from '../../src/ooi/m2m/manifest.ts';
import type { AcceptedRequest } from '../../src/ooi/m2m/request.ts';
import type { RequestRef, SeriesInput } from '../../src/ooi/series.ts';
import type { ChangeOptions, ConsumedRequest } from '../../src/ooi/store/contract.ts';
import { rowsOfRequest } from '../../src/ooi/store/rows-of-request.ts';
import type { Fence } from '../../src/stores/leases.ts';
import { type ConvertDependencies, changeOptions, markOf, spoolInput } from './append.ts';
import { hasChanged } from './changes.ts';
import type { OfStream } from './contracts.ts';
import type { OpenSeries } from './environment.ts';
import { filesHome } from './fetch.ts';
import { ifReadable } from './readable.ts';
import { refOf, withInput } from './spool.ts';

export interface ReplayDependencies extends ConvertDependencies {
  /** Where the facility has the results of a request of a table, by the facility's own id; null: nobody knows. */
  readonly acceptedAs: (table: string, id: string) => Promise<AcceptedRequest | null>;
}

export interface Replayed {
  /** The one that is to be published: where an append does not fit into the form of the new series, that grows into a further one. */
  readonly generation: string;
  readonly replayed: readonly string[];
  /** Of them those whose rows were taken from the live store, each with the sentence why. */
  readonly fromLive: readonly string[];
}

/**
 * Appends that are in the live store, were asked for after the refresh, and are not in the new series. None where the live store cannot be
 * read: the next harvest asks from where the new series ends.
 */
export async function missingIn({ store }: OpenSeries, generation: string, refresh: RequestRef): Promise<readonly ConsumedRequest[]> {
  const there = new Set((await store.requests(generation)).map(({ id }) => id));
  const consumed = await ifReadable(async () => {
    const live = await store.live();
    return live === null ? [] : await store.requests(live.id);
  });
  if (consumed.state === 'unreadable') return [];
  return consumed.value
    .filter(({ kind, id }) => kind === 'append' && !there.has(id))
    .filter(({ requestedAt }) => requestedAt > refresh.requestedAt)
    .toSorted((a, b) => (a.requestedAt < b.requestedAt ? -1 : 1));
}

/** Adds appends to a new series: from their files, which are fetched again where they are gone, or else from the live store. */
export async function replay(
  use: ReplayDependencies,
  open: OpenSeries,
  { flow, run }: OfStream,
  generation: string,
  requests: readonly ConsumedRequest[],
  fence: Fence,
): Promise<Replayed> {
  const options = changeOptions(use, run, use.environment.fence(fence));
  const fromLive: string[] = [];
  let at = generation;
  for (const request of requests) {
    const why = await whyNotAtHand(use, flow, request);
    if (why === null) {
      const { notes: known } = (await open.store.open(at)).state;
      const input = spoolInput(use, flow, request, { known });
      ({ result: at } = await withInput(input, (opened) => add(open, at, opened, options)));
    } else {
      at = await add(open, at, await fromLiveStore(open, flow, request), options);
      fromLive.push(`${request.id}: ${why}`);
    }
  }
  return { generation: at, replayed: requests.map(({ id }) => id), fromLive };
}

async function add({ store }: OpenSeries, at: string, input: SeriesInput, options: ChangeOptions): Promise<string> {
  const { state } = await store.append(input, { ...options, into: at });
  if (state !== 'needs_generation') return at;
  return (await store.grow({ id: `${at}-${markOf(input.request.id)}`, inputs: [input] }, { ...options, from: at })).id;
}

async function fromLiveStore({ store, objects }: OpenSeries, flow: StreamFlow, request: ConsumedRequest): Promise<SeriesInput> {
  const [generation, table] = [await store.live(), flowTable(flow)];
  if (generation === null) throw new Error('What a live store has was asked for, and there is none.');
  const isChanged = () => hasChanged(objects, table, generation);
  return await rowsOfRequest({ store, generation, table, isChanged }, { ...refOf(request), files: request.files });
}

/** Null: the files that the append had read are here, fetched again if need be. */
async function whyNotAtHand(use: ReplayDependencies, flow: StreamFlow, request: ConsumedRequest): Promise<string | null> {
  const folder = use.environment.spool(flow, request.id);
  if (await isAtHand(folder, request)) return null;
  const accepted = await use.acceptedAs(flowTable(flow), request.id);
  if (accepted === null) return 'its files are gone, and nobody knows where the facility has them.';
  try {
    await filesHome(use.environment, flow, accepted, cancellationSignal());
  } catch (error) {
    if (!isFailure(error)) throw error;
    return `its files are gone, and could not be fetched again. ${error.message}`;
  }
  return (await isAtHand(folder, request)) ? null : 'its files are gone, and the facility does not have all of them any more.';
}

async function isAtHand(folder: string, { files }: ConsumedRequest): Promise<boolean> {
  const manifest = await readManifest(folder);
  if (manifest?.isComplete !== true) return false;
  for (const { name, leftOut } of files) {
    if (leftOut !== null) continue;
    if (manifest.files.get(name)?.state !== 'fetched') return false;
    if (!existsSync(join(folder, name))) return false;
  }
  return true;
}
