import type { Flow } from '../config/flow.ts';
import { objectServer } from '../embedded/object-server.ts';
import { Failure } from '../errors.ts';
import type { OoiFlow, StreamFlow } from '../ooi/flow.ts';
import { flowTable, isSetFlow } from '../ooi/form.ts';
import type { SeriesStore } from '../ooi/store/contract.ts';
import { openSeriesStore } from '../ooi/store/series-store.ts';
import { openStore } from '../stores/objects/open.ts';
import type { Context } from './context.ts';

const isOoi = (flow: Flow): flow is OoiFlow => flow.kind === 'ooi';

/** @throws {Failure} `usage`: the flow is no stream of kind ooi */
export async function streamFlow(context: Context, name: string): Promise<StreamFlow> {
  const flow = await context.flow(name);
  if (isOoi(flow) && !isSetFlow(flow)) return flow;
  throw new Failure({
    kind: 'stop',
    code: 'usage',
    happened: `Flow ${name} is ${isOoi(flow) ? 'a set of streams' : `of kind ${flow.kind}`} and has no store of its own`,
    remedy: 'Name a flow of kind ooi that is one stream',
  });
}

/** Opens the store of a stream to look at it. */
export async function withSeries<T>(context: Context, flow: StreamFlow, work: (store: SeriesStore) => Promise<T>): Promise<T> {
  const { place, publish, codec } = flow.store;
  const { store: objects, close } = await openStore(place, { server: () => objectServer(context.settings) });
  try {
    const disk = place.kind === 'disk' ? { folder: place.folder } : null;
    return await work(openSeriesStore({ objects, disk, table: flowTable(flow), publish: disk === null ? publish : 'link', codec }));
  } finally {
    close();
  }
}

export const noStoreYet = (flow: string): Failure =>
  new Failure({
    kind: 'stop',
    code: 'no_store',
    happened: `Flow ${flow} has no store yet`,
    remedy: `Build it with \`landfall run harvest ${flow} --wait\``,
  });
