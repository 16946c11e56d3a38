import type { Flow } from '../../src/config/flow.ts';
import { Failure } from '../../src/errors.ts';
import type { Fence, LeaseHolder, Leases } from '../../src/stores/leases.ts';
import type { Health, Progress, Runs } from '../../src/stores/runs.ts';

export interface TakeFlow {
  readonly flow: string;
  /** The flow's own name for those who write, `<flow>#<job>` for those who only read. */
  readonly lease: string;
  readonly kind: string;
  readonly holder: LeaseHolder;
}

export interface NotePhase {
  readonly run: string;
  readonly progress: Progress;
  readonly health: Health;
  readonly says: string | null;
}

export interface EndRun {
  readonly run: string;
  readonly fence: Fence | null;
  readonly health: Health;
  readonly says: string | null;
  readonly record: Readonly<Record<string, unknown>>;
}

export interface JobDependencies {
  /** Finds a flow of any kind by its name, in the flow files. */
  readonly resolve: (flow: string) => Promise<Flow>;
  readonly leases: Leases;
  readonly runs: Runs;
  /** Asks Temporal whether that chain of runs is still open. */
  readonly isAlive: (holder: LeaseHolder) => Promise<boolean>;
  /** Told how a run ended, and that one asks. */
  readonly onHealth: (seen: { readonly flow: string; readonly job: string; readonly health: Health }) => void;
  readonly now: () => Date;
}

/** Book-keeping that every job of every kind begins and ends with. Queue: control. */
export const jobActivities = ({ resolve, leases, runs, isAlive, onHealth, now }: JobDependencies) => ({
  /** An operator types no more than the flow's name; everything else comes from its file. */
  async resolveFlow({ flow }: { readonly flow: string }): Promise<Flow> {
    return await resolve(flow);
  },

  /** Takes the flow's lease and notes the start of the run. A second run of a flow ends here, with a sentence. */
  async takeFlow({ flow, lease, kind, holder }: TakeFlow): Promise<{ readonly fence: Fence }> {
    const answer = await leases.take(lease, holder, now(), isAlive);
    if (answer.state === 'busy') {
      throw new Failure({
        kind: 'stop',
        code: 'flow_busy',
        happened: `Flow ${flow} is already being worked on by ${answer.holder.job} (workflow ${answer.holder.workflowId}, since ${answer.since.toISOString()})`,
        remedy: 'This second run did nothing; wait for the first, or stop or cancel it',
      });
    }
    if (answer.replaced !== null) {
      const { runId } = answer.replaced;
      await runs.abandon(runId, 'It was ended without keeping its record; the run that followed it goes on from there.', now());
    }
    await runs.begin({ run: holder.runId, flow, kind, job: holder.job, workflowId: holder.workflowId }, now());
    return { fence: answer.fence };
  },

  async notePhase({ run, progress, health, says }: NotePhase): Promise<void> {
    await runs.phase(run, progress, health, says, now());
    if (health !== 'ok') await tell(run, health, { runs, onHealth });
  },

  /** Keeps the run's record and gives the lease back. */
  async endRun({ run, fence, health, says, record }: EndRun): Promise<void> {
    await runs.end(run, health, says, record, now());
    if (fence !== null) await leases.release(fence);
    await tell(run, health, { runs, onHealth });
  },
});

async function tell(run: string, health: Health, { runs, onHealth }: Pick<JobDependencies, 'runs' | 'onHealth'>): Promise<void> {
  const known = await runs.get(run);
  if (known !== null) onHealth({ flow: known.flow, job: known.job, health });
}
