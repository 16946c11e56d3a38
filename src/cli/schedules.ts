import { type Client, type ScheduleOptions, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Flow } from '../config/flow.ts';
import { queueName } from '../config/queues.ts';

/** A schedule as the flow files want it. Its id is `<job>/<flow>`, which is also the beginning of its workflows' ids. */
export interface WantedSchedule {
  readonly id: string;
  readonly job: string;
  readonly flow: string;
  readonly kind: string;
  /** Five-field cron line, UTC. */
  readonly cron: string;
}

export type ScheduleChange =
  | { readonly kind: 'create' | 'update'; readonly schedule: WantedSchedule; readonly before: string | null }
  | { readonly kind: 'delete'; readonly id: string };

/** A night that was missed by more than this is left to the next one: it would list the same changes. */
const CATCH_UP = '2 hours';

/** Marks schedules as made from flow files of one deployment: others, and those of other deployments, are nobody's business. */
const MARK = 'landfall';

export const wantedSchedules = (flows: readonly Flow[]): readonly WantedSchedule[] =>
  flows.flatMap(({ name, kind, schedules }) =>
    Object.entries(schedules).flatMap(([job, cron]) => (cron === null ? [] : [{ id: `${job}/${name}`, job, flow: name, kind, cron }])),
  );

export async function diffSchedules(
  client: Client,
  deployment: string,
  wanted: readonly WantedSchedule[],
): Promise<readonly ScheduleChange[]> {
  const found = new Map<string, string>();
  for await (const { scheduleId, memo } of client.schedule.list()) {
    const mark: unknown = memo?.[MARK];
    if (typeof mark === 'object' && mark !== null && 'deployment' in mark && mark.deployment === deployment && 'cron' in mark) {
      found.set(scheduleId, String(mark.cron));
    }
  }
  const changes: ScheduleChange[] = [];
  for (const schedule of wanted) {
    const cron = found.get(schedule.id);
    if (cron === undefined) changes.push({ kind: 'create', schedule, before: null });
    else if (cron !== schedule.cron) changes.push({ kind: 'update', schedule, before: cron });
  }
  const ids = new Set(wanted.map(({ id }) => id));
  return [...changes, ...[...found.keys()].filter((id) => !ids.has(id)).map((id) => ({ kind: 'delete', id }) as const)];
}

/** Creates, replaces or deletes. A schedule that an operator paused stays paused when its time changes. */
export async function applySchedule(client: Client, deployment: string, change: ScheduleChange): Promise<void> {
  if (change.kind === 'delete') {
    await client.schedule.getHandle(change.id).delete();
    return;
  }
  const isPaused = change.kind === 'update' && (await client.schedule.getHandle(change.schedule.id).describe()).state.paused;
  // The memo that remembers the cron line cannot be changed by an update, so the schedule is made anew.
  if (change.kind === 'update') await client.schedule.getHandle(change.schedule.id).delete();
  await client.schedule.create(scheduleOptions(deployment, change.schedule, isPaused));
}

function scheduleOptions(deployment: string, { id, job, flow, cron }: WantedSchedule, isPaused: boolean): ScheduleOptions {
  return {
    scheduleId: id,
    memo: { [MARK]: { deployment, cron } },
    spec: { cronExpressions: [cron], timezone: 'UTC' },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP },
    state: { paused: isPaused, note: `Made by landfall apply from flow ${flow}.` },
    action: { type: 'startWorkflow', workflowType: job, workflowId: id, taskQueue: queueName('control', null), args: [{ flow }] },
  };
}
