import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { metadataMade } from '../../../activities/ooi/products.ts';

describe('what a run says of the tables it made', () => {
  const counts = { tables: 5, documents: 0 };

  it('is what they were made without where the set names no spreadsheet, which is no fault', () => {
    assert.deepEqual(metadataMade(counts, [], false), {
      says: '5 tables and 0 documents made without the spreadsheet: `sheets` is not set.',
      isWhole: true,
      record: { ...counts, omitted: 0, leftOut: [], without: ['the spreadsheet: `sheets` is not set'] },
    });
  });

  it('is what failed, which is one', () => {
    assert.deepEqual(metadataMade(counts, [{ what: 'the streams', why: 'It is away.' }], true), {
      says: '5 tables and 0 documents made; 1 left out: the streams: It is away.',
      isWhole: false,
      record: { ...counts, omitted: 1, leftOut: ['the streams: It is away.'] },
    });
  });
});
