/** How a bound on the error rate was computed, for whoever reads the record. */
export const BOUND_METHOD = 'Clopper-Pearson, one-sided, 95 %';
const CONFIDENCE = 0.95;

/** Halvings of [0, 1] until a double cannot tell the ends apart. */
const HALVINGS = 60;

/**
 * The largest share of wrong documents that is compatible, at 95 % confidence, with having found `wrong` of `checked` wrong: the one-sided
 * Clopper-Pearson bound, which never promises too much. It holds for documents drawn at random. Null when nothing was checked.
 *
 * It is the share p at which the chance of at most `wrong` in `checked` draws falls to 5 %; found by bisection, since that chance falls with p.
 * Source: Clopper and Pearson, Biometrika 26 (1934), 404-413.
 */
export function upperBound(wrong: number, checked: number): number | null {
  if (checked === 0) return null;
  if (wrong >= checked) return 1;
  let low = wrong / checked;
  let high = 1;
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const share = (low + high) / 2;
    if (chanceOfAtMost(wrong, checked, share) > 1 - CONFIDENCE) low = share;
    else high = share;
  }
  return high;
}

/** The binomial distribution function, added up in logarithms: with many draws its terms are smaller than any double. */
function chanceOfAtMost(wrong: number, checked: number, share: number): number {
  const odds = Math.log(share) - Math.log1p(-share);
  let term = checked * Math.log1p(-share);
  const terms = [term];
  for (let drawn = 1; drawn <= wrong; drawn += 1) {
    term += Math.log((checked - drawn + 1) / drawn) + odds;
    terms.push(term);
  }
  const largest = terms.reduce((a, b) => Math.max(a, b));
  return Math.exp(largest) * terms.reduce((sum, one) => sum + Math.exp(one - largest), 0);
}

/** `0.5 %`: enough figures to compare by. */
export const shareText = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;
