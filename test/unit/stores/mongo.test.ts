import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectDatabase } from '../../../src/stores/mongo.ts';

describe('an address of the database that is none', () => {
  for (const uri of ['mongodb://landfall:hunter2@127.0.0.1:99999', 'mongodb://landfall:hunter2@', 'nonsense://landfall:hunter2@db']) {
    it(`such as ${uri.replace('hunter2', '…')} is refused with a sentence that does not quote it`, async () => {
      await assert.rejects(connectDatabase({ uri, book: 'landfall' }), (error) => {
        assert.ok(error instanceof Error);
        assert.match(
          error.message,
          /^The address of the database cannot be read as one\. Expected an address such as .*Correct MONGODB_URI/,
        );
        assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /hunter2/);
        return true;
      });
    });
  }
});
