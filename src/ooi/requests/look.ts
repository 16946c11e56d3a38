import { formatItems } from '../../observe/counts.ts';
import type { Facility } from '../m2m/client.ts';
import { poll } from '../m2m/poll.ts';
import { askAgainMs, judge, type RequestOutcome } from './judge.ts';
import type { RequestRecord } from './record.ts';
import type { Requests } from './requests.ts';

/** Looks at a request once and notes what was found: when it was looked at, when it is next, and its state where that has changed. */
export async function lookAtRequest(
  { facility, requests }: { readonly facility: Facility; readonly requests: Requests },
  record: RequestRecord,
  signal: AbortSignal,
): Promise<RequestOutcome> {
  const { accepted, looks, kind, range, attempt } = record;
  const now = new Date(facility.now());
  if (accepted === null) {
    return {
      state: 'gone',
      says: 'The request has no address of results',
      remedy: 'It is asked again',
      askAgainMs: askAgainMs('gone', attempt),
    };
  }
  const found = await poll(facility, accepted, record.table, signal);
  const ageMs = now.getTime() - Date.parse(accepted.requestedAt);
  const { estimatedSeconds } = accepted;
  const { count, folderSeen, folderMissed } = looks;
  const outcome = judge({ poll: found, kind, ageMs, estimatedSeconds, range, looks: count, folderSeen, folderMissed, attempt });
  await requests.looked(record.id, {
    count: count + 1,
    lastAt: now,
    nextAt: outcome.state === 'waiting' ? new Date(now.getTime() + outcome.nextLookMs) : null,
    folderSeen: folderSeen || found.folder.state === 'there',
    folderMissed: found.folder.state === 'there' ? 0 : folderMissed + 1,
  });
  await note(requests, record, outcome, now);
  return outcome;
}

async function note(requests: Requests, { id }: RequestRecord, outcome: RequestOutcome, now: Date): Promise<void> {
  switch (outcome.state) {
    case 'waiting':
      return;
    case 'complete':
      await requests.move(id, 'ready', formatItems(outcome.dataFiles, 'file'), now, { owed: [] });
      return;
    case 'degraded':
      await requests.move(id, 'ready', outcome.says, now, { owed: outcome.owed });
      return;
    default:
      await requests.move(id, outcome.state, outcome.says, now);
  }
}
