import { Failure } from '../../src/errors.ts';
import { formatItems } from '../../src/observe/counts.ts';
import type { StreamFlow } from '../../src/ooi/flow.ts';
import { flowTable } from '../../src/ooi/form.ts';
import type { History } from '../../src/ooi/requests/history.ts';
import type { Statuses } from '../../src/ooi/requests/status.ts';
import type { GenerationInfo, Published } from '../../src/ooi/store/contract.ts';
import type { GenerationState } from '../../src/ooi/store/state.ts';
import { isoOfTime } from '../../src/ooi/time-text.ts';
import type { Fence } from '../../src/stores/leases.ts';
import { type ConvertDependencies, changeOptions } from './append.ts';
import { changing } from './changing.ts';
import type { OfStream } from './contracts.ts';
import { locationOf } from './record.ts';

export interface ChooseGeneration extends OfStream {
  readonly generation: string | null;
}

export interface RollBack extends OfStream {
  readonly generation: string;
  readonly fence: Fence;
}

export interface RollbackDependencies extends ConvertDependencies {
  readonly statuses: Statuses;
  readonly history: History;
}

/** Generations that were live before. Queue: convert, on the host that reaches the store. */
export const rollbackActivities = (use: RollbackDependencies) => {
  const { environment, statuses, history, now } = use;
  const noteRollback = async (
    flow: StreamFlow,
    run: string,
    { generation, length, firstTime, lastTime }: GenerationState,
  ): Promise<void> => {
    const [table, at] = [flowTable(flow), now()];
    const says = `${generation} with ${formatItems(length, 'row')} is published again.`;
    await history.add(`${run}/rolled_back`, { table, at, event: 'rollback', state: 'rolled_back', says, run, subject: generation });
    const store = { location: locationOf(flow), first: isoOfTime(firstTime), last: isoOfTime(lastTime) };
    await statuses.change(table, { flow: flow.name, store }, at);
  };

  return {
    async chooseGeneration({
      flow,
      generation,
    }: ChooseGeneration): Promise<{ readonly generation: string; readonly live: string; readonly says: string }> {
      return await environment.withSeries(flow, async ({ store }) => {
        const all = await store.generations();
        const live = all.find(({ isLive }) => isLive);
        const chosen = generation === null ? await store.before() : all.find(({ id }) => id === generation);
        if (live === undefined || chosen === undefined || chosen.isLive) throw nothingToRollBackTo(flowTable(flow), generation, all);
        const { length } = chosen.state;
        return {
          generation: chosen.id,
          live: live.id,
          says: `${chosen.id} with ${formatItems(length, 'row')} would be published instead of ${live.id}.`,
        };
      });
    },

    async rollBack({ flow, run, generation, fence }: RollBack): Promise<Pick<Published, 'generation' | 'replaced'>> {
      return await environment.withSeries(flow, ({ store }) =>
        changing(
          'rollback',
          (async () => {
            const options = changeOptions(use, run, environment.fence(fence));
            // What does not open is not put in the place of anything; whether the live one opens does not matter.
            const { state } = await store.open(generation);
            // A repeat after a lost answer finds it live. Else the rollback itself ends what was begun, as far as that can be ended.
            const isLive = (await store.generations()).some(({ id, isLive }) => isLive && id === generation);
            if (isLive) await store.recover(options);
            const replaced = isLive ? null : (await store.rollback({ ...options, to: generation })).replaced;
            await noteRollback(flow, run, state);
            return { generation, replaced };
          })(),
        ),
      );
    },
  };
};

const nothingToRollBackTo = (table: string, generation: string | null, all: readonly GenerationInfo[]): Failure =>
  new Failure({
    kind: 'stop',
    code: 'no_generation',
    happened:
      generation === null
        ? `${table} has no generation that was live before`
        : `${generation} is no generation of ${table} that is not live`,
    expected: `one of ${all.flatMap(({ id, isLive }) => (isLive ? [] : [id])).join(', ') || 'none: there is no other'}`,
  });
