import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pick, randomOf } from '../../../src/argo/verify/random.ts';
import { ageOf, allot } from '../../../src/argo/verify/strata.ts';
import { fc } from '../../helpers/properties.ts';

const counts = new Map([
  ['AO', 900],
  ['IF', 90],
  ['KM', 9],
  ['NM', 1],
  ['none', 0],
]);

describe('draws allotted to strata', () => {
  it('give every stratum one and the rest in proportion', () => {
    const allotted = allot(counts, 20, randomOf(1, 'test'));

    assert.deepEqual(Object.fromEntries(allotted), { AO: 17, IF: 1, KM: 1, NM: 1 });
  });

  it('that are fewer than the strata go to some of them, by the seed', () => {
    const seen = Array.from({ length: 20 }, (_, seed) => [...allot(counts, 2, randomOf(seed, 'test')).keys()].toSorted().join());

    assert.ok(new Set(seen).size > 3, seen.join(' '));
    assert.deepEqual([...allot(counts, 2, randomOf(7, 'test'))], [...allot(counts, 2, randomOf(7, 'test'))]);
  });

  it('are all used, and never more than a stratum has', () => {
    const sizes = fc.dictionary(fc.string({ maxLength: 3 }), fc.nat(50), { maxKeys: 12 });
    fc.assert(
      fc.property(sizes, fc.nat(400), fc.integer(), (some, total, seed) => {
        const strata = new Map(Object.entries(some));
        const all = [...strata.values()].reduce((a, b) => a + b, 0);

        const allotted = allot(strata, total, randomOf(seed, 'test'));

        assert.equal(
          [...allotted.values()].reduce((a, b) => a + b, 0),
          Math.min(total, all),
        );
        for (const [name, draws] of allotted) assert.ok(draws >= 1 && draws <= (strata.get(name) ?? 0), name);
      }),
    );
  });
});

describe('a seeded pick', () => {
  it('is the same for the same seed and name, and another for another', () => {
    const items = Array.from({ length: 100 }, (_, at) => at);

    const [first, again, other] = [pick(items, 10, randomOf(5, 'a')), pick(items, 10, randomOf(5, 'a')), pick(items, 10, randomOf(5, 'b'))];

    assert.deepEqual(first, again);
    assert.notDeepEqual(first, other);
    assert.equal(new Set(first).size, 10);
  });

  it('takes each item about as often as any other', () => {
    const random = randomOf(3, 'often');
    const taken = new Map<number, number>();
    for (let draw = 0; draw < 20_000; draw += 1)
      for (const item of pick([0, 1, 2, 3, 4], 2, random)) taken.set(item, (taken.get(item) ?? 0) + 1);

    assert.ok(
      [...taken.values()].every((times) => Math.abs(times - 8000) < 400),
      JSON.stringify([...taken]),
    );
  });
});

describe('the age of a profile', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  for (const [time, age] of [
    ['2025-06-01', 'year'],
    ['2023-06-01', 'five_years'],
    ['2018-06-01', 'ten_years'],
    ['2001-06-01', 'older'],
  ] as const) {
    it(`of ${time} is ${age}`, () => {
      assert.equal(ageOf(new Date(time), now), age);
    });
  }

  it('without a time is unknown', () => {
    assert.equal(ageOf(null, now), 'unknown');
  });
});
