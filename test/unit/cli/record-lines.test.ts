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
      '  seconds     4.3 s',
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
      '  last days    days 30, checked 1,200, upperBound 0.25 %',
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
