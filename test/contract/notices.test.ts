import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Notices, storedNotices } from '../../src/ooi/notify/notices.ts';
import { startDatabase, type TestDatabase } from '../helpers/database.ts';

const at = new Date('2026-11-25T11:00:00Z');

describe('messages that are written down', () => {
  let server: TestDatabase;
  let notices: Notices;

  before(async () => {
    server = await startDatabase();
    notices = storedNotices(await server.open('notices'));
  });
  after(() => server.stop());

  it('are claimed by one of many who claim at once', async () => {
    const claims = await Promise.all(Array.from({ length: 8 }, () => notices.claim('run-1/request_expired', 'mail', at)));

    assert.equal(claims.filter(Boolean).length, 1);
  });

  it('are claimed for each channel by itself, and again when they were released', async () => {
    await notices.claim('run-2/x', 'mail', at);

    const other = await notices.claim('run-2/x', 'webhook', at);
    await notices.release('run-2/x', 'mail');
    const again = await notices.claim('run-2/x', 'mail', at);

    assert.deepEqual([other, again], [true, true]);
  });
});
