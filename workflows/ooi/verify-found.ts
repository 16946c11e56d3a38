import type { StoreChecked } from '../../activities/ooi/verify.ts';
import { formatItems } from '../../src/observe/counts.ts';
import type { SlabEnd } from './check-slab.ts';

/** What a check has found so far: small, however many stretches there are. */
export interface Found {
  readonly tally: { readonly compared: number; readonly rowsCompared: number; readonly rowsNotJudged: number };
  /** All of them; the first hundred as sentences. */
  readonly wrong: number;
  readonly findings: readonly string[];
  /** Why stretches were not compared: the first hundred sentences. */
  readonly notCompared: readonly string[];
  /** Requests that the facility has not finished. */
  readonly unfinished: number;
}

const MOST_NAMED = 100;

export const foundIn = ({ findings }: StoreChecked): Found => ({
  tally: { compared: 0, rowsCompared: 0, rowsNotJudged: 0 },
  wrong: findings.length,
  findings: findings.slice(0, MOST_NAMED),
  notCompared: [],
  unfinished: 0,
});

export function withSlab(found: Found, end: Exclude<SlabEnd, { readonly state: 'stopped' }>): Found {
  if (end.state !== 'compared') {
    const unfinished = found.unfinished + (end.state === 'unfinished' ? 1 : 0);
    return { ...found, unfinished, notCompared: [...found.notCompared, end.says].slice(0, MOST_NAMED) };
  }
  const { compared, rowsCompared, rowsNotJudged } = found.tally;
  return {
    ...found,
    tally: { compared: compared + 1, rowsCompared: rowsCompared + end.rows.both, rowsNotJudged: rowsNotJudged + end.passed },
    wrong: found.wrong + end.findings.length,
    findings: [...found.findings, ...end.findings].slice(0, MOST_NAMED),
  };
}

/** After so many requests that the facility has not finished nothing more is asked of it: each is waited for about a day. */
const UNFINISHED = 2;

export const isSilent = ({ unfinished }: Found): boolean => unfinished >= UNFINISHED;

/** Said first: the message shows the first ones. */
export const gaveUp = (found: Found, left: number): Found => ({
  ...found,
  notCompared: [
    `${formatItems(left, 'further stretch was', 'further stretches were')} not asked for: the facility has not finished ${formatItems(found.unfinished, 'request')}.`,
    ...found.notCompared,
  ],
});
