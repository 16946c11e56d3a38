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
  readonly isDryRun?: boolean;
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

/** A lease beside the one that a job holds from begin to end. */
export interface TakeLease {
  readonly lease: string;
  readonly holder: LeaseHolder;
}

export type LeaseTaken =
  | { readonly state: 'taken'; readonly fence: Fence }
  /** Whoever holds it is at work; `since` is ISO 8601. */
  | { readonly state: 'busy'; readonly holder: LeaseHolder; readonly since: string };

/** A run as it is known from outside. */
export interface RunState {
  readonly runId: string;
  readonly isOpen: boolean;
  /** What it ended with; null while it is open, and when it kept no record. */
  readonly health: Health | null;
  readonly says: string | null;
  readonly record: Readonly<Record<string, unknown>> | null;
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
  async takeFlow({ flow, lease, kind, holder, isDryRun = false }: TakeFlow): Promise<{ readonly fence: Fence }> {
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
    const { job, workflowId } = holder;
    await runs.begin({ run: holder.runId, flow, kind, job, workflowId, ...(isDryRun ? { isDryRun } : {}) }, now());
    return { fence: answer.fence };
  },

  /** Takes a lease for a part of a run's work, or says who has it: then the run waits, and asks again. */
  async takeLease({ lease, holder }: TakeLease): Promise<LeaseTaken> {
    const answer = await leases.take(lease, holder, now(), isAlive);
    if (answer.state === 'busy') return { state: 'busy', holder: answer.holder, since: answer.since.toISOString() };
    return { state: 'taken', fence: answer.fence };
  },

  async releaseLease({ fence }: { readonly fence: Fence }): Promise<void> {
    await leases.release(fence);
  },

  /** How runs fare that another run has started and does not wait for. */
  async runStates({ runs: asked }: { readonly runs: readonly LeaseHolder[] }): Promise<readonly RunState[]> {
    return await Promise.all(
      asked.map(async (holder) => {
        // In this order: a run that ends in between has kept its record before.
        const isOpen = await isAlive(holder);
        const known = await runs.get(holder.runId);
        const isEnded = !isOpen && known !== null && known.endedAt !== null;
        return {
          runId: holder.runId,
          isOpen,
          health: isEnded ? known.health : null,
          says: isEnded ? known.says : null,
          record: isEnded ? known.record : null,
        };
      }),
    );
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
