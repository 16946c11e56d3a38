import type { ObjectStore, Stored, WriteOptions } from '../../stores/objects/contract.ts';

/** State of a stream's data request as its history has it. Specification 8.6. */
export type HistoryStatus = 'pending' | 'failed' | 'success' | 'skip' | 'discontinued';

export interface HistoryEntry {
  readonly status: HistoryStatus;
  readonly at: Date;
}

const SIGNS: Readonly<Record<HistoryStatus, string>> = {
  pending: '🔵',
  failed: '🔴',
  success: '🟢',
  skip: '🟠',
  discontinued: '⚫',
};

/** `🟢 Data request [success] (2026-11-25T11:00:00.000Z)` */
export const historyLine = ({ status, at }: HistoryEntry): string => `${SIGNS[status]} Data request [${status}] (${at.toISOString()})`;

const STATUSES: Readonly<Record<string, HistoryStatus>> = {
  asking: 'pending',
  waiting: 'pending',
  ready: 'pending',
  consumed: 'success',
  nothing_new: 'skip',
  replaced: 'skip',
  failed: 'failed',
  refused: 'failed',
  expired: 'failed',
  gone: 'failed',
  discontinued: 'discontinued',
};

/** What a state of a request is called there; null for what is no state of a request. */
export const historyStatus = (state: string): HistoryStatus | null => (Object.hasOwn(STATUSES, state) ? (STATUSES[state] ?? null) : null);

/** One line for each change of state, the oldest first; an entry that says what the one before it says is no change. */
export function historyText(entries: readonly HistoryEntry[]): string {
  const inOrder = entries.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const changes = inOrder.filter(({ status }, at) => status !== inOrder[at - 1]?.status);
  return changes.map((entry) => `${historyLine(entry)}\n`).join('');
}

export const historyKey = (table: string): string => `history/${table}.txt`;

/** Writes the history of a stream to `history/<table>.txt`. */
export const exportHistory = (
  table: string,
  entries: readonly HistoryEntry[],
  objects: ObjectStore,
  options: WriteOptions = {},
): Promise<Stored> =>
  objects.put(historyKey(table), new TextEncoder().encode(historyText(entries)), { ...options, contentType: 'text/plain; charset=utf-8' });
