import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { ArgoFlow } from '../../src/argo/flow.ts';
import { copyChanges, listChanges, planPages } from '../../src/argo/mirror.ts';
import { judgeDeletions } from '../../src/argo/mirror-guard.ts';
import type { MirrorProgress } from '../../src/argo/mirror-pass.ts';
import { defaultJournal, type MirrorSource } from '../../src/argo/mirror-source.ts';
import { listedSentence } from '../../src/argo/night.ts';
import { planPages as storedPages } from '../../src/argo/pages.ts';
import { isEmptyMirror } from '../../src/argo/tree.ts';
import type { Fence, Leases } from '../../src/stores/leases.ts';
import type { PlanHeader, Plans } from '../../src/stores/plans.ts';
import type { Receipts } from '../../src/stores/receipts.ts';
import { closeList, listOfRun, pruneLists } from '../../src/transfer/journal.ts';
import { withSignsOfLife } from '../../src/transfer/signs-of-life.ts';
import type { ReportProgress } from '../common/report.ts';

export interface TransferDependencies {
  readonly plans: Plans;
  readonly receipts: Receipts;
  readonly leases: Leases;
  /** The password a flow refers to, read from the environment or a file at the moment it is needed. */
  readonly password: (flow: ArgoFlow) => Promise<string | undefined>;
  readonly report: ReportProgress;
  /** Completes a swap of collections that a rebuild broke off. */
  readonly completeSwap: (context: { flow: ArgoFlow; fence: Fence; signal: AbortSignal; onTick: () => void }) => Promise<void>;
  readonly now: () => Date;
}

/** What the source would change here: the plan of a night, shown before it is executed. */
export interface ListedChanges {
  /** Id of the list; its lines are in the journal beside the mirror. */
  readonly list: string;
  readonly isEmpty: boolean;
  readonly platforms: number;
  readonly profiles: number;
  /** All files rsync will bring, profile files or not, and their size. */
  readonly filesToCopy: number;
  readonly bytesToCopy: number;
  readonly filesToDelete: number;
  /** Profiles that would be left without any file. */
  readonly profilesToLose: number;
  readonly documents: number;
  readonly unknownNames: number;
  readonly firstUnknownNames: readonly string[];
  readonly ignoredPrefixes: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  /** What a person has to decide before anything is deleted; null: nothing. */
  readonly question: string | null;
  readonly sentence: string;
}

export interface ListRequest {
  readonly flow: ArgoFlow;
  readonly run: string;
  /** 1 for the first look at the source; a later one asks it again. */
  readonly look: number;
  /** Given by a run that may write. */
  readonly fence?: Fence;
}

export interface CopyRequest {
  readonly flow: ArgoFlow;
  readonly listed: ListedChanges;
  readonly run: string;
  readonly fence: Fence;
}

export interface CopyDone {
  readonly profileFiles: number;
  readonly bytes: number;
  readonly warnings: readonly string[];
}

export interface PlanRequest {
  readonly flow: ArgoFlow;
  readonly list: string;
}

export interface PlannedNight extends PlanHeader {
  /** Every open list whose changes are in the plan: closed together when all is loaded. */
  readonly lists: readonly string[];
}

/** How many finished lists stay beside the mirror, to look back at and to redo a night from. */
const LISTS_KEPT = 30;

/** Queue: transfer. On the host that reaches the mirror. */
export const transferActivities = ({ plans, receipts, leases, password, report, completeSwap, now }: TransferDependencies) => {
  const sourceOf = async (flow: ArgoFlow): Promise<MirrorSource> => mirrorSource(flow, await password(flow));

  return {
    /** The dry pass: asks the source what it would change, and judges what would be lost. Nothing is touched. */
    async listChanges({ flow, run, look, fence }: ListRequest): Promise<ListedChanges> {
      const onTick = (): void => heartbeat({ phase: 'swap' });
      if (fence !== undefined) await withSignsOfLife(completeSwap({ flow, fence, signal: cancellationSignal(), onTick }), onTick);
      const source = await sourceOf(flow);
      const listId = await listOfRun(source.journal, run);
      const summary = await listChanges({
        source,
        listId,
        flow: flow.name,
        now: now(),
        again: look > 1,
        signal: cancellationSignal(),
        onProgress: progressOf(report, run, 0),
        acceptPartial: isPatienceOver(),
      });
      // Millions of receipts take the database a while to count.
      const documents = await withSignsOfLife(receipts.count(flow.name), () => heartbeat({ phase: 'count' }));
      const verdict = await judgeDeletions({
        changes: summary.changes,
        root: flow.mirror,
        stats: summary.source,
        documents,
        settings: flow.deletions,
        signal: cancellationSignal(),
        onTick: () => heartbeat({ phase: 'judge' }),
      });
      const { plan, source: stats } = summary;
      const isSourceEmpty = stats.regularFiles === 0 && verdict.state === 'proceed';
      const listed = {
        list: listId,
        isEmpty: !summary.namesAnything,
        platforms: plan.platforms,
        profiles: plan.profiles,
        filesToCopy: stats.transferredFiles,
        bytesToCopy: stats.transferredBytes,
        filesToDelete: stats.deletedFiles,
        profilesToLose: verdict.lost,
        documents,
        unknownNames: plan.unknownNames,
        firstUnknownNames: plan.firstUnknownNames.slice(0, 10),
        ignoredPrefixes: plan.ignoredPrefixes,
        warnings: isSourceEmpty ? [...summary.warnings, `${flow.upstream.rsync} holds no file at all.`] : summary.warnings,
        question: verdict.state === 'ask' ? verdict.sentence : await lostMirror(flow, documents),
      };
      return { ...listed, sentence: listedSentence(listed) };
    },

    /** The real pass, repeated until it comes to a clean end. What it moves stays named in the journal whatever happens. */
    async copyChanges({ flow, listed, run, fence }: CopyRequest): Promise<CopyDone> {
      const { profileFiles, bytes, warnings } = await copyChanges({
        source: await sourceOf(flow),
        listId: listed.list,
        now: now(),
        signal: cancellationSignal(),
        onProgress: progressOf(report, run, listed.filesToCopy + listed.filesToDelete),
        checkFence: () => leases.assertHeld(fence),
        acceptPartial: isPatienceOver(),
      });
      return { profileFiles, bytes, warnings };
    },

    /** Turns the lists of this run and of unfinished earlier ones into pages in the database. */
    async planChanges({ flow, list }: PlanRequest): Promise<PlannedNight> {
      const { lists, pages } = await planPages({
        journal: defaultJournal(flow.mirror),
        listId: list,
        batchSize: flow.load.batch,
        signal: cancellationSignal(),
        onTick: () => heartbeat({ phase: 'sort' }),
      });
      const header = await plans.store(list, flow.name, storedPages(pages()), now(), (stored) => heartbeat({ pages: stored }));
      return { ...header, lists };
    },

    /** Everything the lists named is loaded or shown: they need not be read again. */
    async closeLists({ flow, lists }: { readonly flow: ArgoFlow; readonly lists: readonly string[] }): Promise<void> {
      const journal = defaultJournal(flow.mirror);
      for (const list of lists) await closeList(journal, list, now());
      await pruneLists(journal, LISTS_KEPT);
    },
  };

  function progressOf(to: ReportProgress, run: string, total: number): (progress: MirrorProgress) => void {
    return ({ phase, changes, bytes }) => {
      heartbeat({ phase, changes, bytes });
      to({ run, done: changes, total, bytes });
    };
  }
};

/**
 * A file the server never lets anyone read ends every pass with status 23. After so many attempts the rest of the tree goes on without it:
 * rsync then deletes nothing, and the record carries a warning.
 */
const PARTIAL_ATTEMPTS = 5;
const isPatienceOver = (): boolean => activityInfo().attempt >= PARTIAL_ATTEMPTS;

/** Copying everything again, onto whatever disk is there now, is for a person to decide. */
async function lostMirror({ mirror }: ArgoFlow, documents: number): Promise<string | null> {
  if (documents === 0 || !(await isEmptyMirror(mirror))) return null;
  return (
    `The mirror ${mirror} holds no float, although ${documents} documents were loaded from it. ` +
    'Check that its disk is mounted; repeat the run with force to copy everything again.'
  );
}

function mirrorSource(flow: ArgoFlow, password: string | undefined): MirrorSource {
  const { rsync, timeoutMs, connectTimeoutMs, bytesPerSecond } = flow.upstream;
  return {
    url: rsync,
    mirror: flow.mirror,
    journal: defaultJournal(flow.mirror),
    timeoutSeconds: Math.ceil(timeoutMs / 1000),
    connectTimeoutSeconds: Math.ceil(connectTimeoutMs / 1000),
    ...(bytesPerSecond === undefined ? {} : { bandwidthKiBps: Math.max(1, Math.round(bytesPerSecond / 1024)) }),
    ...(password === undefined ? {} : { password }),
  };
}
