import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toExtendedJson } from '../../../src/argo/ejson.ts';

describe('relaxed Extended JSON', () => {
  it('marks dates and non-finite numbers, and leaves everything else plain', () => {
    const line = toExtendedJson({
      at: new Date('2018-05-24T06:28:07.000Z'),
      none: null,
      data: [[1, 1.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]],
      text: 'ä',
    });

    assert.equal(
      line,
      '{"at":{"$date":"2018-05-24T06:28:07.000Z"},"none":null,"data":[[1,1.5,{"$numberDouble":"Infinity"},{"$numberDouble":"-Infinity"},{"$numberDouble":"NaN"}]],"text":"ä"}',
    );
  });

  it('leaves text that looks like a date alone', () => {
    assert.equal(toExtendedJson({ at: '2018-05-24T06:28:07.000Z' }), '{"at":"2018-05-24T06:28:07.000Z"}');
  });
});
