import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordIn, recordLines } from '../../../src/cli/record-lines.ts';

describe('a record as lines', () => {
  it('has counts, bytes, seconds, sentences and breakdowns, each with its name in words', () => {
    const lines = recordLines({
      flow: 'argo',
      seconds: 4.3,
      seen: 1606,
      unchanged: 0,
      bytesRead: 18_000_000,
      retried: null,
      warnings: ['One file vanished.', 'The disk runs short.'],
      quarantine: { unreadable_file: 3, bad_data_mode: 1 },
      versions: { landfall: '0.1.0' },
    });

    assert.deepEqual(lines.split('\n'), [
      '  took        4.3 s',
      '  seen        1,606',
      '  bytes read  18 MB',
      '  warnings    One file vanished.',
      '              The disk runs short.',
      '  quarantine  unreadable_file 3, bad_data_mode 1',
    ]);
  });

  it('has shares in per cent, and a seed as it is typed again', () => {
    const lines = recordLines({ seed: 4_294_967_295, upperBound: 0.0582, lastDays: { days: 30, checked: 1200, upperBound: 0.00249 } });

    assert.deepEqual(lines.split('\n'), [
      '  seed         4294967295',
      '  upper bound  5.8 %',
      '  last days    days 30, checked 1,200, upper bound 0.25 %',
    ]);
  });

  it('has what a comparison found in words, and a count on one line with the names it counts', () => {
    const lines = recordLines({
      difference: { rowsBoth: 85_974, rowsGone: 0, rowsNew: 2, variablesDifferent: 1, valuesChanged: 0 },
      streams: 4,
      doneCount: 0,
      skippedCount: 1,
      failedCount: 2,
      done: [],
      skipped: ['s0'],
      failed: ['s1', 's2'],
    });

    assert.deepEqual(lines.split('\n'), [
      '  difference  rows in both 85,974, gone 0, new 2, variables different 1, values changed 0',
      '  streams     4',
      '  skipped     1',
      '              s0',
      '  failed      2',
      '              s1',
      '              s2',
    ]);
  });

  it('is nothing where nothing happened', () => {
    assert.equal(recordLines({ seen: 0, warnings: [], quarantine: {} }), '');
  });
});

describe('what a result tells of its work', () => {
  it('is its record, else what it listed, else the result itself', () => {
    assert.deepEqual(recordIn({ record: { seen: 1 }, listed: { profiles: 2 } }), { seen: 1 });
    assert.deepEqual(recordIn({ record: null, listed: { profiles: 2 } }), { profiles: 2 });
    assert.deepEqual(recordIn({ loaded: 3 }), { loaded: 3 });
    assert.equal(recordIn('done'), null);
  });
});
