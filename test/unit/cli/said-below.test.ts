import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { recommendAs } from '../../../src/cli/output.ts';
import { saidBelow } from '../../../src/cli/said-below.ts';

describe('what is said below the rows of a table', () => {
  after(() => recommendAs({}, new Set()));

  it('is wrapped to the width, each under its row', () => {
    const text = saidBelow('flow\na\nb', [['The file ends early, at byte 12.'], []], 20);

    assert.equal(text, 'flow\na\n    The file ends\n    early, at byte\n    12.\nb');
  });

  it('has its commands as they can be typed, also where a line ends in one', () => {
    recommendAs({ home: '/h' }, new Set(['retry']));

    const text = saidBelow('flow\na', [['Look again with: landfall retry a.']], 34);

    assert.equal(text, 'flow\na\n    Look again with: landfall\n    --home /h retry a.');
  });
});
