import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFailure } from '../../../src/errors.ts';
import { readArguments } from '../../../standins/ooi/arguments.ts';
import { createClock } from '../../../standins/ooi/clock.ts';
import { createFaults } from '../../../standins/ooi/faults.ts';
import { joined } from '../../../standins/ooi/series/plan.ts';
import { readSwitches } from '../../../standins/ooi/switches.ts';
import { dataSize } from '../../../standins/ooi/thredds.ts';

describe('the clock of the facility', () => {
  it('goes as fast as it is told, jumps, and stands still', () => {
    let real = 0;
    const clock = createClock(1_000, 2, () => real);
    real = 500;
    assert.equal(clock.now(), 2_000);
    clock.advance(10);
    assert.equal(clock.now(), 12_000);
    clock.setSpeed(0);
    real = 9_000;
    assert.equal(clock.now(), 12_000);
  });
});

describe('the arguments of the facility', () => {
  it('begin the clock some days after the first row of generated streams', () => {
    const { tree, series, startMs } = readArguments(['--streams', '1000', '--days', '2', '--begin', '2026-01-01T00:00:00Z']);
    assert.deepEqual([tree, series.streams, startMs], [null, 1_000, Date.UTC(2026, 0, 3)]);
  });

  for (const argv of [
    ['--speed', 'fast'],
    ['--hosts', 'mine'],
    ['--begin', 'then'],
    ['--streams', '0'],
    ['--nothing'],
    ['--switches', '{'],
  ]) {
    it(`are refused with a sentence: ${argv.join(' ')}`, () => {
      assert.throws(
        () => readArguments(argv),
        (error) => isFailure(error, 'standin_arguments'),
      );
    });
  }

  it('are refused where a switch is not known', () => {
    assert.throws(
      () => readArguments(['--switches', '{"delays":"never"}']),
      (error) => isFailure(error, 'standin_switches'),
    );
  });
});

describe('the limit of requests', () => {
  it('counts those of the interface in the last seconds, and lets downloads be', () => {
    let now = 0;
    const switches = readSwitches({ rateLimit: { requests: 2, perSeconds: 1 } });
    const faults = createFaults(
      () => switches,
      () => now,
    );
    const status = (path: string) => faults.limit('other', path)?.status ?? 200;
    assert.deepEqual(['/api/a', '/api/b', '/api/c', '/async_results/d'].map(status), [200, 200, 429, 200]);
    now = 1_000;
    assert.equal(status('/api/e'), 200);
  });
});

describe('sizes in a catalog', () => {
  it('have four significant digits, and units that are decimal', () => {
    assert.deepEqual([999, 1_000, 1_234_567, 5.5e12].map(dataSize), [
      '<dataSize units="bytes">999</dataSize>',
      '<dataSize units="Kbytes">1</dataSize>',
      '<dataSize units="Mbytes">1.235</dataSize>',
      '<dataSize units="Tbytes">5.5</dataSize>',
    ]);
  });
});

describe('the type that holds two', () => {
  it('is the wider, or one of the other kind that loses nothing', () => {
    const pairs = [
      ['<f4', '<f8', '<f8'],
      ['<f4', '<i2', '<f4'],
      ['<i4', '<f4', '<f8'],
      ['<u2', '<i2', '<i4'],
      ['|u1', '|i1', '<i2'],
      ['<u2', '<u4', '<u4'],
    ] as const;
    for (const [a, b, both] of pairs) assert.deepEqual([joined(a, b), joined(b, a)], [both, both]);
  });
});
