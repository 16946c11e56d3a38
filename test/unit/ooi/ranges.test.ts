import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isoOfMicros, microsNotBefore, microsOf, microsOfStamp } from '../../../src/ooi/m2m/instants.ts';
import { requestQuery } from '../../../src/ooi/m2m/request.ts';
import { appendRange, covers, guideOf, joined, owedByFiles, refreshRange } from '../../../src/ooi/requests/range.ts';

const DAY = 86_400_000;
const wish = {
  lastTime: '2025-07-30T10:14:22.092512768',
  lookBackMs: 2 * DAY,
  owed: [],
  now: '2025-07-31T00:15:00.000Z',
  start: null,
  end: null,
} as const;

describe('a time of the facility', () => {
  it('is the same after it was written and read', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -2_208_988_800_000_000, max: 4_102_444_800_000_000 }),
        (micros) => microsOf(isoOfMicros(micros)) === micros,
      ),
    );
  });

  for (const [text, iso] of [
    ['2025-07-30T10:14:22.092512768', '2025-07-30T10:14:22.092512Z'],
    ['2025-07-30T10:14:22Z', '2025-07-30T10:14:22.000000Z'],
    ['2025-07-30 10:14:22.5', '2025-07-30T10:14:22.500000Z'],
    ['2025-07-30', '2025-07-30T00:00:00.000000Z'],
    ['2025-07-30T12:14:22.1+02:00', '2025-07-30T10:14:22.100000Z'],
    ['1899-12-31T23:59:59.999999Z', '1899-12-31T23:59:59.999999Z'],
  ] as const) {
    it(`written ${text} is ${iso}`, () => {
      assert.equal(isoOfMicros(microsOf(text) ?? Number.NaN), iso);
    });
  }

  for (const text of [
    'NaT',
    '',
    '2025',
    '2025-13-01',
    '2024-02-30',
    '2025-02-29T12:00:00Z',
    '2025-04-31',
    '2025-07-30T25:00:00Z',
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00+01:00',
    'yesterday',
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.equal(microsOf(text), null);
    });
  }

  it('at the end of a range is not before what was written', () => {
    assert.equal(isoOfMicros(microsNotBefore(wish.lastTime) ?? 0), '2025-07-30T10:14:22.092513Z');
    assert.equal(isoOfMicros(microsNotBefore('2025-07-30T10:14:22.092512000') ?? 0), '2025-07-30T10:14:22.092512Z');
  });

  it('of a name is a stamp', () => {
    assert.equal(isoOfMicros(microsOfStamp('20230814T000007.413564') ?? 0), '2023-08-14T00:00:07.413564Z');
    assert.equal(isoOfMicros(microsOfStamp('20240912T101500123Z') ?? 0), '2024-09-12T10:15:00.123000Z');
    assert.equal(microsOfStamp('20240912'), null);
  });
});

describe('the range of a request', () => {
  it('goes back from now where the last row lies in the future, which tells nothing of what there is', () => {
    const lastTime = '2090-01-01T00:00:00Z';

    assert.deepEqual(appendRange({ ...wish, lastTime }), { begin: '2025-07-29T00:15:00.000000Z', end: '2025-07-31T00:15:00.000000Z' });
    assert.deepEqual([guideOf(lastTime, wish.now), guideOf(wish.lastTime, wish.now)], [null, wish.lastTime]);
  });

  it('of an append begins the look-back before the last row, and ends now', () => {
    assert.deepEqual(appendRange(wish), { begin: '2025-07-28T10:14:22.092512Z', end: '2025-07-31T00:15:00.000000Z' });
  });

  it('of an append begins at what is owed, where that is earlier', () => {
    const owed = [
      { begin: '2025-07-29T00:00:00Z', end: '2025-07-29T01:00:00Z' },
      { begin: '2025-06-01T00:00:00Z', end: '2025-06-02T00:00:00Z' },
    ];

    assert.equal(appendRange({ ...wish, owed }).begin, '2025-06-01T00:00:00.000000Z');
  });

  it('of an append is what a person says', () => {
    assert.deepEqual(appendRange({ ...wish, start: '2024-01-01T00:00:00Z', end: '2024-02-01' }), {
      begin: '2024-01-01T00:00:00.000000Z',
      end: '2024-02-01T00:00:00.000000Z',
    });
  });

  it('of a refresh is everything until now, or what the flow says', () => {
    const all = { serverBegin: '2014-10-07T01:05:10.333Z', now: wish.now, start: null, end: null };

    assert.deepEqual(refreshRange(all), { begin: '2014-10-07T01:05:10.333000Z', end: '2025-07-31T00:15:00.000000Z' });
    assert.deepEqual(refreshRange({ ...all, start: '2020-01-01', end: '2021-01-01' }), {
      begin: '2020-01-01T00:00:00.000000Z',
      end: '2021-01-01T00:00:00.000000Z',
    });
  });

  it('is refused when it ends before it begins or is no time', () => {
    assert.throws(() => appendRange({ ...wish, end: '2020-01-01' }), { code: 'bad_range', kind: 'stop' });
    assert.throws(() => appendRange({ ...wish, lastTime: 'NaT' }), { code: 'bad_range' });
    assert.throws(() => requestQuery({ begin: 'NaT', end: wish.now }, true), { code: 'bad_range' });
  });

  it('covers another when both its ends do', () => {
    const day = { begin: '2024-01-01T00:00:00Z', end: '2024-01-02T00:00:00Z' };

    assert.equal(covers(day, day), true);
    assert.equal(covers(day, { ...day, end: '2024-01-02T00:00:00.000001Z' }), false);
    assert.equal(covers(day, { ...day, begin: '2023-12-31T23:59:59Z' }), false);
  });
});

describe('what is owed', () => {
  const at = (minute: number): string => isoOfMicros(minute * 60_000_000);
  const owed = (from: number, to: number, why = 'broken') => ({ begin: at(from), end: at(to), why });

  it('is joined where ranges touch or overlap, whatever order they come in', () => {
    assert.deepEqual(joined([owed(20, 30), owed(0, 10), owed(10, 12, 'other'), owed(2, 5)]), [owed(0, 12), owed(20, 30)]);
  });

  it('is one range around all when there are very many', () => {
    const many = Array.from({ length: 101 }, (_, n) => owed(2 * n, 2 * n + 1));

    assert.deepEqual(joined(many), [owed(0, 201)]);
    assert.equal(joined(many.slice(1)).length, 100);
  });

  it('for files are the times in their names, in whichever order; an empty file owes nothing', () => {
    const file = { name: 'f.nc', deployment: 1, start: '20240102T000000', end: '20240101T000000.5' };
    const whole = { begin: at(0), end: at(9) };

    const owing = owedByFiles(
      [
        { state: 'left_out', file, reason: 'unreadable', message: 'truncated' },
        { state: 'left_out', file: { ...file, start: '20240301T000000', end: '20240302T000000' }, reason: 'empty', message: 'no row' },
        { state: 'read', file, rows: 1, dropped: 0, firstTime: 0, lastTime: 0, sizeBytes: 1 },
      ],
      whole,
    );

    assert.deepEqual(owing, [{ begin: '2024-01-01T00:00:00.500000Z', end: '2024-01-02T00:00:00.000000Z', why: 'f.nc: truncated' }]);
  });
});
