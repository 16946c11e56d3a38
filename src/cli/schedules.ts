import { isDeepStrictEqual } from 'node:util';
import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { Flow } from '../config/flow.ts';
import { queueName } from '../config/queues.ts';
import { Failure } from '../errors.ts';
import { kindNamed } from '../kinds.ts';

/** A schedule as the flow files want it. Its id is `<job>/<flow>`, which is also the beginning of its workflows' ids. */
export interface WantedSchedule {
  readonly id: string;
  readonly job: string;
  readonly flow: string;
  /** Five-field cron line, UTC. */
  readonly cron: string;
}

/** A schedule as Temporal has it. Null: it is not one of ours, or somebody changed what it does or when. */
export interface FoundSchedule {
  readonly id: string;
  readonly deployment: string | null;
  readonly cron: string | null;
}

export type ScheduleChange =
  | { readonly kind: 'create'; readonly schedule: WantedSchedule }
  | { readonly kind: 'update'; readonly schedule: WantedSchedule; readonly before: string | null }
  | { readonly kind: 'delete'; readonly id: string };

export interface SchedulesDiff {
  readonly changes: readonly ScheduleChange[];
  /** Ids that the flow files want and somebody else has: another deployment, or a person. They are left alone. */
  readonly taken: readonly string[];
}

/** A night that was missed by more than this is left to the next one: it would list the same changes. */
const CATCH_UP = '2 hours';

/** Marks schedules as made from flow files of one deployment: others, and those of other deployments, are nobody's business. */
const MARK = 'landfall';

export const wantedSchedules = (flows: readonly Flow[]): readonly WantedSchedule[] =>
  flows.flatMap(({ name, schedules }) =>
    Object.entries(schedules).flatMap(([job, cron]) => (cron === null ? [] : [{ id: scheduleId(job, name), job, flow: name, cron }])),
  );

export const scheduleId = (job: string, flow: string): string => `${job}/${flow}`;

/** Of every job that the flow could have a schedule for. */
export const scheduleIds = ({ kind, name }: Flow): readonly string[] =>
  Object.keys(kindNamed(kind)?.jobs ?? {}).map((job) => scheduleId(job, name));

/** What has to be done so that the deployment has the wanted schedules and no others. Pure. */
export function compareSchedules(deployment: string, wanted: readonly WantedSchedule[], found: readonly FoundSchedule[]): SchedulesDiff {
  const byId = new Map(found.map((schedule) => [schedule.id, schedule]));
  const wantedIds = new Set(wanted.map(({ id }) => id));
  const made = wanted.flatMap((schedule): readonly ScheduleChange[] => {
    const present = byId.get(schedule.id);
    if (present === undefined) return [{ kind: 'create', schedule }];
    if (present.deployment !== deployment || present.cron === schedule.cron) return [];
    return [{ kind: 'update', schedule, before: present.cron }];
  });
  const deleted = found.filter(({ id, deployment: owner }) => owner === deployment && !wantedIds.has(id));
  return {
    changes: [...made, ...deleted.map(({ id }) => ({ kind: 'delete', id }) as const)],
    taken: found.filter(({ id, deployment: owner }) => owner !== deployment && wantedIds.has(id)).map(({ id }) => id),
  };
}

/** @param known  ids that may be there though no flow file wants them now: they are looked up by name. */
export async function diffSchedules(
  client: Client,
  deployment: string,
  wanted: readonly WantedSchedule[],
  known: readonly string[],
): Promise<SchedulesDiff> {
  const ids = new Set([...wanted.map(({ id }) => id), ...known]);
  // The list lags behind what was just done; a description does not. Only flows without a file have to be looked for in the list.
  for await (const { scheduleId: id, memo } of client.schedule.list()) if (deploymentIn(memo) === deployment) ids.add(id);
  const found = await Promise.all([...ids].map((id) => findSchedule(client, id)));
  return compareSchedules(
    deployment,
    wanted,
    found.flatMap((description) => (description === null ? [] : [foundIn(description)])),
  );
}

/** A schedule as Temporal has it; null: there is none. */
export async function findSchedule(client: Client, id: string): Promise<ScheduleDescription | null> {
  try {
    return await client.schedule.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

const foundIn = (description: ScheduleDescription): FoundSchedule => ({
  id: description.scheduleId,
  deployment: deploymentIn(description.memo),
  cron: cronIn(description),
});

/** Temporal keeps a cron line as a calendar; what stands behind a # in the line stays with it. Null: times or action were changed by hand. */
function cronIn({ scheduleId: id, spec, action }: ScheduleDescription): string | null {
  const [calendar, ...more] = spec.calendars ?? [];
  const isOurTime = more.length === 0 && (spec.intervals ?? []).length === 0 && ['UTC', '', undefined].includes(spec.timezone);
  const cron = calendar?.comment;
  const at = id.indexOf('/');
  const { workflowType, workflowId, taskQueue, args } = actionOf({ id, job: id.slice(0, at), flow: id.slice(at + 1) });
  const isOurAction = isDeepStrictEqual(
    [workflowType, workflowId, taskQueue, args],
    [action.workflowType, action.workflowId, action.taskQueue, action.args],
  );
  return isOurTime && isOurAction ? (cron ?? null) : null;
}

function deploymentIn(memo: Readonly<Record<string, unknown>> | undefined): string | null {
  const mark = memo?.[MARK];
  const isMark = typeof mark === 'object' && mark !== null && 'deployment' in mark && typeof mark.deployment === 'string';
  return isMark ? String(mark.deployment) : null;
}

/** Creates, changes or deletes; what another apply did at the same moment is no fault. A schedule that an operator paused stays paused. */
export async function applySchedule(client: Client, deployment: string, change: ScheduleChange): Promise<void> {
  if (change.kind === 'create') return await create(client, deployment, change.schedule);
  if (change.kind === 'update') return await update(client, change.schedule);
  try {
    await client.schedule.getHandle(change.id).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

async function create(client: Client, deployment: string, schedule: WantedSchedule): Promise<void> {
  const { id, flow } = schedule;
  try {
    await client.schedule.create({
      scheduleId: id,
      memo: { [MARK]: { deployment } },
      state: { note: `Made by landfall apply from flow ${flow}.` },
      spec: timesOf(schedule),
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP },
      action: actionOf(schedule),
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const present = await findSchedule(client, id);
    if (present !== null && deploymentIn(present.memo) !== deployment) throw taken(id, error);
    await update(client, schedule);
  }
}

const taken = (id: string, cause: unknown): Failure =>
  new Failure({
    kind: 'stop',
    code: 'schedule_taken',
    happened: `Somebody else made the schedule ${id} at the same moment`,
    remedy: 'Look at it with: landfall diff',
    cause,
  });

/** In place, so that its past stays; and only what flow files decide: a pause, a note, a jitter and policies that an operator set are kept. */
const update = (client: Client, schedule: WantedSchedule): Promise<void> =>
  client.schedule.getHandle(schedule.id).update(({ state, policies, spec }) => ({
    state,
    policies,
    spec: { ...spec, calendars: [], intervals: [], ...timesOf(schedule) },
    action: actionOf(schedule),
  }));

const timesOf = ({ cron }: WantedSchedule): ScheduleOptions['spec'] => ({ cronExpressions: [`${cron} # ${cron}`], timezone: 'UTC' });

const actionOf = ({ id, job, flow }: Omit<WantedSchedule, 'cron'>) => ({
  type: 'startWorkflow' as const,
  workflowType: job,
  workflowId: id,
  taskQueue: queueName('control', null),
  args: [{ flow }] satisfies [unknown],
  staticSummary: `${job} of ${flow}, started by its schedule`,
});
