import type { Flow } from '../../src/config/flow.ts';
import type { FlowCache } from '../../src/config/flow-cache.ts';
import { instead } from '../../src/config/problems.ts';
import { Failure } from '../../src/errors.ts';
import type { OoiFlow, SetFlow, StreamFlow } from '../../src/ooi/flow.ts';
import { isSetFlow } from '../../src/ooi/form.ts';

export interface ListMembers {
  readonly flow: SetFlow;
  /** Only these; null: all of the set. */
  readonly streams: readonly string[] | null;
}

export interface MemberDependencies {
  readonly flows: Pick<FlowCache, 'reads'>;
}

/** Queue: control. */
export const memberActivities = ({ flows }: MemberDependencies) => ({
  /** Names of the flows of a set, in the order of their names. */
  async listMembers({ flow, streams }: ListMembers): Promise<{ readonly streams: readonly string[] }> {
    return { streams: (await membersOf(flows, flow, streams)).map(({ name }) => name) };
  },
});

/** @throws {Failure} `unknown_member` (stop): the set, or the wish, names a flow that is no stream of this folder. */
export async function membersOf(
  flows: Pick<FlowCache, 'reads'>,
  set: SetFlow,
  only: readonly string[] | null = null,
): Promise<readonly StreamFlow[]> {
  const reads = await flows.reads();
  const all = reads.flatMap((read) => (read.state === 'good' && isOoi(read.flow) && !isSetFlow(read.flow) ? [read.flow] : []));
  const byName = new Map(all.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((flow) => [flow.name, flow]));
  const named = set.streams === 'all' ? [...byName.keys()] : set.streams;
  const wanted = only ?? named;
  return wanted.map((name) => {
    const found = byName.get(name);
    if (found !== undefined && named.includes(name)) return found;
    throw new Failure({
      kind: 'stop',
      code: 'unknown_member',
      happened: `${name} is no stream of set ${set.name}`,
      remedy: instead(name, named, 'streams').replace(/[.?]$/, ''),
    });
  });
}

const isOoi = (flow: Flow): flow is OoiFlow => flow.kind === 'ooi';
