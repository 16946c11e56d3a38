import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shareText, upperBound } from '../../../src/argo/verify/error-rate.ts';
import { fc } from '../../helpers/properties.ts';

/**
 * From mpmath with 50 digits: the p at which `sum(binomial(n, i) * p**i * (1-p)**(n-i) for i in range(k+1))` is 0.05.
 * 0.0295 for 0 of 100 and 0.3942 for 1 of 10 stand in tables of the method.
 */
const COMPUTED = [
  { wrong: 0, checked: 1, bound: 0.95 },
  { wrong: 0, checked: 10, bound: 0.258865550893052 },
  { wrong: 0, checked: 100, bound: 0.0295130496070399 },
  { wrong: 0, checked: 3000, bound: 0.000998079011996587 },
  { wrong: 1, checked: 10, bound: 0.394163302436505 },
  { wrong: 1, checked: 100, bound: 0.0465598114535389 },
  { wrong: 3, checked: 100, bound: 0.0757107937498301 },
  { wrong: 5, checked: 50, bound: 0.198833002516418 },
  { wrong: 9, checked: 10, bound: 0.994883803108176 },
  { wrong: 50, checked: 100, bound: 0.586378285369088 },
  { wrong: 12, checked: 1000, bound: 0.0193701992850593 },
  { wrong: 400, checked: 5000, bound: 0.0865941758194761 },
  { wrong: 30, checked: 1200, bound: 0.0337572701988765 },
  { wrong: 700, checked: 100000, bound: 0.00744942542091402 },
  { wrong: 60000, checked: 100000, bound: 0.602551030812968 },
] as const;

describe('the upper bound of an error rate', () => {
  for (const { wrong, checked, bound } of COMPUTED) {
    it(`is ${bound} after ${wrong} wrong of ${checked}`, () => {
      const found = upperBound(wrong, checked) ?? Number.NaN;

      assert.ok(Math.abs(found - bound) < 1e-12, String(found));
    });
  }

  it('after no finding is what solves (1 - p)^n = 5 %', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (checked) => {
        const found = upperBound(0, checked) ?? Number.NaN;

        assert.ok(Math.abs(found - -Math.expm1(Math.log(0.05) / checked)) < 1e-12);
      }),
    );
  });

  it('is everything when all were wrong, and nothing is known when none was checked', () => {
    assert.equal(upperBound(3, 3), 1);
    assert.equal(upperBound(0, 0), null);
  });

  it('is written with two figures', () => {
    assert.deepEqual([0.0295, 0.000012345, 1].map(shareText), ['2.9 %', '0.0012 %', '100 %']);
  });
});
