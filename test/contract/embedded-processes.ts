import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoints } from '../../src/embedded/embedded.ts';
import { isAlive, type ProcessId, processStartTime } from '../../src/embedded/liveness.ts';

const EMBEDDED = new URL('../../src/embedded/embedded.ts', import.meta.url).href;

/** Every living process that works in this home or names it on its command line, this one excepted. */
export function processesOf(home: string): readonly ProcessId[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => [commandLine(name), workingFolder(name)].some((text) => text.includes(home)))
    .map((name) => ({ pid: Number(name), startTime: processStartTime(Number(name)) ?? '' }))
    .filter(isAlive);
}

/** Resolves when none of them lives. */
export async function untilGone(processes: readonly ProcessId[]): Promise<void> {
  while (processes.some(isAlive)) await delay(20);
}

/** A process of its own that runs the servers of a home until a signal ends it, in order where `handles` names the signal. */
export async function ownerOf(home: string, handles: readonly NodeJS.Signals[] = []) {
  const script = `import { startEmbedded } from '${EMBEDDED}';
    const embedded = await startEmbedded({ home: '${home}', report: () => undefined });
    for (const signal of ${JSON.stringify(handles)}) process.on(signal, () => embedded.stop().then(() => process.exit(0)));
    setInterval(() => undefined, 1e6);
    console.log(JSON.stringify(embedded.endpoints));`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(owner.stdout), 'line');
  const endpoints: Endpoints = JSON.parse(line);
  return { owner, endpoints };
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function workingFolder(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}
