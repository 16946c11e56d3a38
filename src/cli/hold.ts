import type { Client, ScheduleDescription } from '@temporalio/client';
import type { Flow } from '../config/flow.ts';
import { findSchedule, scheduleId, scheduleIds } from './schedules.ts';

/** What became of one schedule of a flow. `paused`: it was so already, by somebody else; `note` is what they left. */
export interface Held {
  readonly id: string;
  readonly state: 'held' | 'released' | 'paused';
  readonly note: string;
}

/** The note says who paused it: `resume` sets nothing going that another person holds for a reason of their own. */
const NOTE = 'Paused by landfall pause; landfall resume sets it going again.';

/** Pauses the schedules of a flow. What runs already is not touched. */
export async function holdSchedules(client: Client, flow: Flow, job?: string): Promise<readonly Held[]> {
  const held: Held[] = [];
  for (const { scheduleId: id, state } of await schedulesOf(client, flow, job)) {
    if (state.paused && state.note !== NOTE) {
      held.push({ id, state: 'paused', note: state.note ?? '' });
      continue;
    }
    if (!state.paused) await client.schedule.getHandle(id).pause(NOTE);
    held.push({ id, state: 'held', note: NOTE });
  }
  return held;
}

/** Sets the schedules going that `holdSchedules` paused; names those that somebody else paused. */
export async function releaseSchedules(client: Client, flow: Flow, job?: string): Promise<readonly Held[]> {
  const held: Held[] = [];
  for (const { scheduleId: id, state } of await schedulesOf(client, flow, job)) {
    if (!state.paused) continue;
    const note = state.note ?? '';
    if (note === NOTE) await client.schedule.getHandle(id).unpause('Set going by landfall resume.');
    held.push({ id, state: note === NOTE ? 'released' : 'paused', note });
  }
  return held;
}

/** Of one job, or of all. */
async function schedulesOf(client: Client, flow: Flow, job: string | undefined): Promise<readonly ScheduleDescription[]> {
  const ids = job === undefined ? scheduleIds(flow) : [scheduleId(job, flow.name)];
  const found = await Promise.all(ids.map((id) => findSchedule(client, id)));
  return found.filter((one) => one !== null);
}
