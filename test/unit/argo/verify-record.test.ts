import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RecordParts, verifyRecord, verifySentence } from '../../../src/argo/verify/record.ts';

const parts: RecordParts = {
  flow: 'argo',
  run: 'run',
  startedAt: new Date('2026-01-02T03:00:00Z'),
  endedAt: new Date('2026-01-02T03:25:00Z'),
  seed: 7,
  sample: { drawn: 50, recent: 20, centres: { AO: 20, IF: 10 }, ages: { year: 15, older: 15 } },
  totals: { clean: 45, wrong: 1, failed: 1, skipped: 2, returned: 0, findings: { data_mismatch: 3 }, skippedBecause: { young: 2 } },
  since: { compared: 1200, wrong: 1 },
  versions: {},
};

describe('the record of a roundtrip check', () => {
  it('adds up: drawn = checked + skipped + failed + left, checked = clean + wrong', () => {
    const { drawn, checked, clean, wrong, skipped, failed, left, seconds } = verifyRecord(parts);

    assert.deepEqual([drawn, checked, left, seconds], [50, 46, 1, 1500]);
    assert.equal(drawn, checked + skipped + failed + left);
    assert.equal(checked, clean + wrong);
  });

  it('is a sentence that says how sure it is, by this run and by the last days', () => {
    assert.equal(
      verifySentence(verifyRecord(parts)),
      '46 profiles checked: 45 clean, 1 wrong, 2 skipped, 1 not fetched, 1 not reached. ' +
        'With 95 % confidence at most 9.9 % of such documents are wrong, at most 0.39 % by the 1200 of the last 30 days.',
    );
  });

  it('says when something came back, and claims nothing where nothing was checked', () => {
    const none = { ...parts.totals, clean: 0, wrong: 0, failed: 0, skipped: 50, returned: 0 };

    assert.match(
      verifySentence(verifyRecord({ ...parts, totals: { ...parts.totals, returned: 1 } })),
      /1 came back after being loaded again: a person has to look\.$/,
    );
    assert.equal(
      verifySentence(verifyRecord({ ...parts, totals: none, since: { compared: 0, wrong: 0 } })),
      '0 profiles checked: 0 clean, 0 wrong, 50 skipped, 0 not fetched.',
    );
  });
});
