import { readFileSync } from 'node:fs';

/**
 * One process, named so that a later one with the same number is not taken for it.
 * `startTime` is opaque: equal for the same process, different for every other one.
 */
export interface ProcessId {
  readonly pid: number;
  readonly startTime: string;
}

interface Stat {
  readonly state: string;
  readonly startTicks: string;
}

/** Fields 3 and 22 of /proc/PID/stat (proc_pid_stat(5)), or null when there is no such process. */
function readStat(pid: number): Stat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The command in field 2 may itself hold blanks and parentheses: count from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  return state === undefined || startTicks === undefined ? null : { state, startTicks };
}

/** Start times count from boot, so that the boot belongs to the name. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown-boot';
  }
}

/** When a process began, or null when it is gone. A zombie still has a start time; `isAlive` tells it from the living. */
export function processStartTime(pid: number): string | null {
  const stat = readStat(pid);
  return stat === null ? null : `${stat.startTicks}@${bootId()}`;
}

/** Whether exactly this process runs. A zombie does not: its orphans linger in containers whose first process does not reap. */
export function isAlive({ pid, startTime }: ProcessId): boolean {
  const stat = readStat(pid);
  return stat !== null && stat.state !== 'Z' && stat.state !== 'X' && `${stat.startTicks}@${bootId()}` === startTime;
}

/** This very process. */
export function ownProcess(): ProcessId {
  return { pid: process.pid, startTime: processStartTime(process.pid) ?? 'unknown' };
}

export const isProcessId = (value: unknown): value is ProcessId =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  typeof value.pid === 'number' &&
  'startTime' in value &&
  typeof value.startTime === 'string';
