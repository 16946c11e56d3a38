import { CancellationScope, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { memberActivities } from '../../activities/ooi/members.ts';
import { formatCount } from '../../src/observe/counts.ts';
import type { SetFlow } from '../../src/ooi/flow.ts';
import { type Controls, carry } from '../common/controls.ts';
import type { CarriedJob, JobStart } from '../common/dispatch.ts';
import type { Job, JobEnd } from '../common/job.ts';
import type { Tally } from '../common/tracker.ts';
import { ooiActivities } from './activities.ts';
import { ended, type OoiResult } from './ended.ts';
import type { MemberInput } from './member.ts';
import { memberWaits } from './member-waits.ts';
import { ooiJob } from './ooi-job.ts';
import { type CarriedWork, NO_ENDS, SetWork } from './set-work.ts';

export interface HarvestAllInput {
  readonly flow: string;
  readonly force?: boolean;
  readonly refresh?: boolean;
  readonly streams?: readonly string[];
  /** Set by Landfall when a long run goes on as new. */
  readonly goOn?: HarvestAllState;
}

export interface HarvestAllState extends CarriedJob<SetFlow>, CarriedWork {
  readonly given: MemberInput;
  readonly tally: Tally;
  /** When the run ends, whatever goes on; milliseconds since 1970. */
  readonly until: number;
}

export type HarvestAllResult = OoiResult<'done' | 'stopped'>;

/** As a client starts it. */
export type HarvestAllWorkflow = (input: HarvestAllInput) => Promise<HarvestAllResult>;

/**
 * Every stream of the set as a run of its own, a bounded number at once; those that wait for the facility do not count. One that fails, or waits
 * for a day, hurts no other: nor those of the next day, since the run does not outlast its patience.
 */
export async function harvestAll({ flow, input, controls, tracker }: JobStart<SetFlow, HarvestAllInput>): Promise<HarvestAllResult> {
  const { goOn } = input;
  const { listMembers } = ooiActivities<ReturnType<typeof memberActivities>>('control', flow);
  controls.width ??= flow.width;
  return await ooiJob({ job: 'harvestAll', flow, tracker }, async (job) => {
    const given = goOn?.given ?? givenIn(input);
    let left = goOn?.left ?? null;
    if (left === null) {
      await job.enter('list');
      left = (await listMembers({ flow, streams: input.streams ?? null })).streams;
    }
    const work = new SetWork(flow, given, left, goOn?.ends ?? NO_ENDS, controls, tracker);
    setHandler(memberWaits, (name) => work.waits(name));
    controls.plan = () => work.answer();
    await job.enter('harvest', goOn?.tally ?? { total: left.length });
    const until = goOn?.until ?? workflowInfo().startTime.getTime() + flow.patienceMs;
    const isLong = await work.run(goOn, until);
    if (isLong) {
      const state = { flow, given, ...work.carried(), until, controls: carry(controls), tally: tracker.tally };
      return await continueAsNew<HarvestAllWorkflow>({ flow: flow.name, goOn: state });
    }
    return await recorded(job, flow, work, controls);
  });
}

const givenIn = ({ force, refresh }: HarvestAllInput): MemberInput => ({
  ...(force === true ? { force } : {}),
  ...(refresh === true ? { refresh } : {}),
});

/** Names are kept up to here; the counts say how many there are. */
const MOST_NAMES = 1_000;

async function recorded(job: Job, flow: SetFlow, work: SetWork, controls: Controls): Promise<JobEnd<HarvestAllResult>> {
  await CancellationScope.nonCancellable(() => job.enter('record'));
  const isStopped = controls.isStopping && work.left.length > 0;
  const { ends, open } = work;
  const counts = Object.entries(ends).map(([state, names]) => `${formatCount(names.length)} ${WORDS[state] ?? state}`);
  const goOn = open.length > 0 ? `, ${formatCount(open.length)} not done after ${hours(flow.patienceMs)}, which go on by themselves` : '';
  const message = `${counts.join(', ')}${goOn}${work.left.length > 0 ? `, ${formatCount(work.left.length)} not begun` : ''}.`;
  const record = {
    streams: Object.values(ends).reduce((sum, names) => sum + names.length, work.left.length + open.length),
    openCount: open.length,
    open: open.toSorted().slice(0, MOST_NAMES),
    ...Object.fromEntries(Object.entries(ends).map(([state, names]) => [`${state}Count`, names.length])),
    ...Object.fromEntries(Object.entries(ends).map(([state, names]) => [state, names.toSorted().slice(0, MOST_NAMES)])),
  };
  const state = isStopped ? 'stopped' : 'done';
  const health = isStopped ? 'stopped' : ends.failed.length > 0 ? 'failed' : 'ok';
  return ended(flow, state, message, health, record);
}

const hours = (ms: number): string => (ms < 3_600_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 3_600_000)} h`);

const WORDS: Readonly<Record<string, string>> = {
  done: 'harvested',
  skipped: 'with nothing new',
  waiting: 'left to a refresh',
  busy: 'under way already',
};
