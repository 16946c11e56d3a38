import { CancellationScope, condition, defineSignal, getExternalWorkflowHandle, setHandler, workflowInfo } from '@temporalio/workflow';
import type { OfSlot, slotActivities } from '../../activities/common/slots.ts';
import { formatItems } from '../../src/observe/counts.ts';
import { bookKeeping } from './book-keeping.ts';
import { type Controls, mayGoOn } from './controls.ts';
import type { Job } from './job.ts';

/** Sent by a run that gives a slot back to the next in line. */
const slotFree = defineSignal('slotFree');

/** Whoever waits is told when a slot is free; it looks in case that those before it have ended without telling: the next in line soon, at first. */
const FIRST_LOOK_MS = 60_000;
const LOOK_MS = 15 * 60_000;

export interface WithSlot {
  /** What is done a few at once. */
  readonly slots: string;
  readonly width: number;
  readonly jobName: string;
  readonly controls: Controls;
  /** Such as "refreshes of set all", to follow "one of 4". */
  readonly words: string;
}

/** Does a part of the run in one of so many slots, in the order in which runs come for one. Null: the run is to stop. */
export async function withSlot<T>(job: Job, with_: WithSlot, body: () => Promise<T>): Promise<T | null> {
  const { slots, width, jobName } = with_;
  const { workflowId, firstExecutionRunId: runId } = workflowInfo();
  const held = { slots, width, holder: { job: jobName, workflowId, runId } };
  try {
    return (await untilTaken(job, with_, held)) ? await body() : null;
  } finally {
    await CancellationScope.nonCancellable(() => giveBack(held));
  }
}

/** Whoever is told may have ended; then the one behind it finds that out. */
async function giveBack(held: OfSlot): Promise<void> {
  const { releaseSlot } = bookKeeping<ReturnType<typeof slotActivities>>();
  const { next } = await releaseSlot(held);
  if (next === null) return;
  await getExternalWorkflowHandle(next.workflowId)
    .signal(slotFree)
    .catch(() => undefined);
}

async function untilTaken(job: Job, { controls, words }: WithSlot, held: OfSlot): Promise<boolean> {
  const { takeSlot } = bookKeeping<ReturnType<typeof slotActivities>>();
  let told = 0;
  setHandler(slotFree, () => {
    told += 1;
  });
  let [isInLine, hasWaited] = [false, false];
  let nextLookMs = FIRST_LOOK_MS;
  for (;;) {
    if (controls.isPaused && isInLine) {
      // Its turn would keep the others out.
      await giveBack(held);
      isInLine = false;
    }
    if (!(await mayGoOn(controls))) return false;
    const { retries } = controls;
    const before = told;
    const answer = await takeSlot(held);
    if (answer.state === 'taken') {
      if (hasWaited) await job.says(null, 'ok');
      return true;
    }
    if (!isInLine) await job.says(`Waits for its turn as one of ${held.width} ${words} at once; ${placeOf(answer.before)}.`, 'ok');
    [isInLine, hasWaited] = [true, true];
    const isNext = answer.before === 0;
    await condition(
      () => told > before || controls.retries > retries || controls.isStopping || controls.isPaused,
      isNext ? nextLookMs : LOOK_MS,
    );
    if (isNext) nextLookMs = Math.min(LOOK_MS, nextLookMs * 2);
    controls.wantsQuarantine = false;
  }
}

const placeOf = (before: number): string =>
  before === 0 ? 'it is the next' : `${formatItems(before, 'other comes', 'others come')} first`;
