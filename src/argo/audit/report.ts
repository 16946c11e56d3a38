import type { PlanHeader } from '../../stores/plans.ts';
import type { GuardSettings } from '../mirror-guard.ts';
import type { Finding } from './judge.ts';
import type { Settled } from './settle.ts';

export interface AuditCounts {
  /** Profiles that the mirror holds. */
  readonly profiles: number;
  readonly receipts: number;
  readonly documents: number;
  /** Not home, and rightly so: in quarantine with a reason, or given up there. */
  readonly rejected: number;
  readonly missing: number;
  readonly stale: number;
  readonly unreceipted: number;
  readonly extra: number;
}

export interface AuditReport {
  readonly counts: AuditCounts;
  /** The first findings of each sort, a line each. */
  readonly samples: Readonly<Record<Finding['state'], readonly string[]>>;
  /** What a repair would load again. */
  readonly plan: PlanHeader;
  /** Extra documents that a repair removes. */
  readonly toRemove: number;
  /** What a person has to decide before a repair; null: nothing. */
  readonly question: string | null;
}

const SAMPLE = 10;

export const noCounts: AuditCounts = {
  profiles: 0,
  receipts: 0,
  documents: 0,
  rejected: 0,
  missing: 0,
  stale: 0,
  unreceipted: 0,
  extra: 0,
};

/** Adds findings up, in constant memory. */
export class AuditTally {
  #counts = noCounts;
  #toRemove = 0;
  readonly #samples: Record<Finding['state'], string[]> = { missing: [], stale: [], unreceipted: [], extra: [] };

  add(seen: Pick<AuditCounts, 'profiles' | 'receipts' | 'documents'>): void {
    const { profiles, receipts, documents } = this.#counts;
    this.#counts = {
      ...this.#counts,
      profiles: profiles + seen.profiles,
      receipts: receipts + seen.receipts,
      documents: documents + seen.documents,
    };
  }

  find(settled: readonly Settled[]): void {
    for (const one of settled) {
      this.#counts = { ...this.#counts, [one.state]: this.#counts[one.state] + 1 };
      if (one.state === 'rejected') continue;
      if (one.state === 'extra' && itemOf(one) !== null) this.#toRemove += 1;
      if (this.#samples[one.state].length < SAMPLE) this.#samples[one.state].push(findingText(one));
    }
  }

  get counts(): AuditCounts {
    return this.#counts;
  }

  report(plan: PlanHeader, settings: GuardSettings): AuditReport {
    return {
      counts: this.#counts,
      samples: this.#samples,
      plan,
      toRemove: this.#toRemove,
      question: question(this.#toRemove, this.#counts.documents, settings),
    };
  }
}

/** The item that a repair loads again, or removes; null: a document that only a person can judge. */
export function itemOf(finding: Settled): string | null {
  if (finding.state === 'rejected') return null;
  if (finding.state === 'extra') return finding.why === 'no_files' ? finding.item : null;
  return finding.item;
}

const WHY = {
  never_loaded: 'in the mirror, no document and no receipt',
  document_gone: 'has a receipt, but its document is gone',
  other_files: 'the mirror holds other files than were loaded',
  other_size: 'a file has another size than was loaded',
  other_time: 'a file has another time than was loaded',
  older_rules: 'loaded by older rules',
  files_moving: 'its files moved while they were looked at',
  no_files: 'no files in the mirror',
  other_id: 'its file says another id now',
  not_an_id: 'no profile has such an id',
} as const;

export function findingText(finding: Finding): string {
  if (finding.state === 'unreceipted') return `${finding.item}: has a document, but no receipt`;
  return `${finding.state === 'extra' ? onOneLine(finding.document) : finding.item}: ${WHY[finding.why]}`;
}

/** An id that somebody else chose may be of any type, and hold anything. */
const onOneLine = (id: unknown): string =>
  typeof id === 'string' && !/[\x00-\x1f\x7f]/.test(id) ? id : (JSON.stringify(id)?.slice(0, 200) ?? String(id));

function question(toRemove: number, documents: number, { share, floor }: GuardSettings): string | null {
  if (toRemove <= floor || toRemove <= share * documents) return null;
  return (
    `A repair would remove ${toRemove} of ${documents} documents, since nothing in the mirror stands behind them; ` +
    `${Number((share * 100).toFixed(3))} % and ${floor} are allowed. Check that the whole mirror is there.`
  );
}

/** What an audit found, in one sentence. */
export function auditSentence({ counts }: Pick<AuditReport, 'counts'>): string {
  const { profiles, documents, rejected, missing, stale, unreceipted, extra } = counts;
  const compared = `${profiles} profiles in the mirror, ${documents} documents, ${rejected} rightly in quarantine`;
  if (missing + stale + unreceipted + extra === 0) return `${compared}: all as it should be.`;
  const differing = `${compared}: ${missing} missing, ${stale} stale, ${unreceipted} without receipt, ${extra} extra.`;
  return profiles === 0 ? `${differing} The mirror holds nothing at all: check that its disk is mounted.` : differing;
}
