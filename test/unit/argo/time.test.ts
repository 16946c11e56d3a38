import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { timeOfDateUpdate, timeOfJuld } from '../../../src/argo/time.ts';

describe('JULD', () => {
  for (const [days, iso] of [
    [0, '1950-01-01T00:00:00.000Z'],
    [20_000, '2004-10-04T00:00:00.000Z'],
    [20_000.5, '2004-10-04T12:00:00.000Z'],
    // 17 minutes have no exact fraction of a day: the arithmetic is kept as it is.
    [24_000.011_805_555_554, '2015-09-17T00:16:59.999Z'],
    [7305, '1970-01-01T00:00:00.000Z'],
    [-0.000_000_001, '1949-12-31T23:59:59.999Z'],
  ] as const) {
    it(`${days} is ${iso}`, () => {
      assert.equal(timeOfJuld(days)?.toISOString(), iso);
    });
  }

  for (const days of [Number.POSITIVE_INFINITY, 1e12]) {
    it(`${days} is no time`, () => {
      assert.equal(timeOfJuld(days), null);
    });
  }
});

describe('DATE_UPDATE', () => {
  it('is read as UTC', () => {
    assert.equal(timeOfDateUpdate('20180524062807')?.toISOString(), '2018-05-24T06:28:07.000Z');
  });

  for (const text of ['', '2018052406280', '201805240628070', '20180230000000', '20181301000000', '20180101000060', '2018-05-240628']) {
    it(`${JSON.stringify(text)} is no time`, () => {
      assert.equal(timeOfDateUpdate(text), null);
    });
  }
});
