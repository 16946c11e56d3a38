// Which process is meant, and whether it still runs. The same rules as src/embedded/liveness.ts, which cannot run before packages are there.
import { readFileSync } from 'node:fs';

/** State and start of a process (fields 3 and 22 of proc_pid_stat(5)), or null when it is gone. The command in field 2 may hold blanks and parentheses. */
function readStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], startTime: `${fields[19]}@${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}` };
  } catch {
    return null;
  }
}

export const ownProcess = () => ({ pid: process.pid, startTime: readStat(process.pid)?.startTime ?? 'unknown' });

/** Zombies are dead. Without /proc (not Linux) the process number alone must do. */
export function isAlive({ pid, startTime }) {
  if (startTime === 'unknown') return answersSignal(pid);
  const stat = readStat(pid);
  return stat !== null && stat.state !== 'Z' && stat.state !== 'X' && stat.startTime === startTime;
}

function answersSignal(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
