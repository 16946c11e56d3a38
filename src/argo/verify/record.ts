import { formatItems } from '../../observe/counts.ts';
import type { VerificationTotals } from '../../stores/verifications.ts';
import type { DrawnSample } from './draw.ts';
import { BOUND_METHOD, shareText, upperBound } from './error-rate.ts';

/** What a run of the roundtrip check did, kept with the run and printed. drawn = checked + skipped + failed; checked = clean + wrong. */
export interface VerifyRecord {
  readonly flow: string;
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly seconds: number;
  /** Draws the same sample again from the same documents. */
  readonly seed: number;
  readonly drawn: number;
  /** Compared with their files. */
  readonly checked: number;
  readonly clean: number;
  readonly wrong: number;
  /** Not judged now: `skippedBecause` says why. */
  readonly skipped: number;
  /** Their files could not be fetched. */
  readonly failed: number;
  /** Drawn and not reached: the run was stopped, or the server could not be read. */
  readonly left: number;
  /** Found again after they were loaded anew: a person has to look. */
  readonly returned: number;
  readonly findings: Readonly<Record<string, number>>;
  readonly skippedBecause: Readonly<Record<string, number>>;
  /** 95 % upper bound of the share of wrong documents, from this run alone; null: nothing was checked. */
  readonly upperBound: number | null;
  /** The same over all checks of the last 30 days, a profile counting once. */
  readonly lastDays: { readonly days: number; readonly checked: number; readonly wrong: number; readonly upperBound: number | null };
  readonly boundMethod: string;
  /** How the sample was drawn: from what was loaded lately, and the rest by centre and by age. */
  readonly drawnRecent: number;
  readonly drawnByCentre: Readonly<Record<string, number>>;
  readonly drawnByAge: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** Long enough for a bound that says something, short enough to speak of the documents of today. */
export const BOUND_DAYS = 30;

export interface RecordParts {
  readonly flow: string;
  readonly run: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly seed: number;
  readonly sample: Omit<DrawnSample, 'ids'> & { readonly drawn: number };
  readonly totals: VerificationTotals;
  readonly since: { readonly compared: number; readonly wrong: number };
  readonly versions: Readonly<Record<string, string>>;
}

/** Adds a run up. Pure. */
export function verifyRecord({ flow, run, startedAt, endedAt, seed, sample, totals, since, versions }: RecordParts): VerifyRecord {
  const { clean, wrong, skipped, failed, returned, findings, skippedBecause } = totals;
  const checked = clean + wrong;
  return {
    flow,
    run,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    seconds: (endedAt.getTime() - startedAt.getTime()) / 1000,
    seed,
    drawn: sample.drawn,
    checked,
    clean,
    wrong,
    skipped,
    failed,
    left: Math.max(0, sample.drawn - checked - skipped - failed),
    returned,
    findings,
    skippedBecause,
    upperBound: upperBound(wrong, checked),
    lastDays: { days: BOUND_DAYS, checked: since.compared, wrong: since.wrong, upperBound: upperBound(since.wrong, since.compared) },
    boundMethod: BOUND_METHOD,
    drawnRecent: sample.recent,
    drawnByCentre: sample.centres,
    drawnByAge: sample.ages,
    versions,
  };
}

/** The run in one or two sentences. Pure. */
export function verifySentence({
  checked,
  clean,
  wrong,
  skipped,
  failed,
  left,
  returned,
  upperBound: bound,
  lastDays,
}: VerifyRecord): string {
  const parts = [
    `${clean} clean`,
    `${wrong} wrong`,
    `${skipped} skipped`,
    `${failed} not fetched`,
    ...(left === 0 ? [] : [`${left} not reached`]),
  ];
  const sure = bound === null ? '' : ` With 95 % confidence at most ${shareText(bound)} of such documents are wrong`;
  const longer =
    lastDays.upperBound === null || bound === null
      ? ''
      : `, at most ${shareText(lastDays.upperBound)} by the ${lastDays.checked} of the last ${lastDays.days} days`;
  const people = returned === 0 ? '' : ` ${returned} came back after being loaded again: a person has to look.`;
  return `${formatItems(checked, 'profile')} checked: ${parts.join(', ')}.${sure}${sure === '' ? '' : `${longer}.`}${people}`;
}
