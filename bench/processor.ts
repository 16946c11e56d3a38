import { readdirSync, readFileSync } from 'node:fs';
import { errnoOf } from '../src/errors.ts';

const TICKS_A_SECOND = 100;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** Its own and that of its children that have ended. */
  readonly seconds: number;
}

/** Seconds of processor so far of a process and all below it, by what they are. */
export function processorSeconds(root: number, nameOf: (command: string) => string): ReadonlyMap<string, number> {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? processOf(Number(name)) : []));
  const below = new Set([root]);
  for (let size = 0; size < below.size; ) {
    size = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  const seconds = new Map<string, number>();
  for (const one of all) {
    if (!below.has(one.pid)) continue;
    const name = nameOf(one.command);
    seconds.set(name, (seconds.get(name) ?? 0) + one.seconds);
  }
  return seconds;
}

/** Nothing: it has ended meanwhile. */
function processOf(pid: number): readonly Process[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return [{ pid, parent: Number(fields[1]), command, seconds: ticks / TICKS_A_SECOND }];
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ESRCH') return [];
    throw error;
  }
}
