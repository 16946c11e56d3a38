import type { Random } from '../../../standins/gdac/random.ts';
import { childrenOf, rsyncsOver, signalAll } from '../../helpers/processes.ts';
import type { DevHome, Server } from './dev-home.ts';
import type { Victim } from './plan.ts';

/** Kills processes of one sort with SIGKILL and says which; null when none is there at the moment. */
export async function strike(victim: Victim, dev: DevHome, mirror: string | null, random: Random): Promise<string | null> {
  switch (victim) {
    case 'worker':
    case 'temporal':
    case 'objects':
      return kill(victim, one(dev, victim));
    case 'rsync': {
      const halves = mirror === null ? [] : await rsyncsOver(mirror);
      if (halves.length === 0) return null;
      const chosen = random.chance(0.5) ? halves : [halves[random.whole(0, halves.length - 1)] ?? 0];
      return kill(`${chosen.length} of ${halves.length} rsync`, chosen);
    }
    case 'database':
      return strikeDatabase(dev, random);
  }
}

/** The MongoDB side, PostgreSQL's first process, one that serves a connection (PostgreSQL then restarts all), or all of them. */
async function strikeDatabase(dev: DevHome, random: Random): Promise<string | null> {
  const how = random.pick(['ferretdb', 'postgres', 'one of postgres', 'all of postgres']);
  if (how === 'ferretdb') return kill(how, one(dev, 'ferretdb'));
  const postgres = one(dev, 'postgres');
  const children = await childrenOf(postgres[0] ?? 0);
  if (how === 'postgres') return kill(how, postgres);
  if (how === 'all of postgres') return kill(how, [...postgres, ...children]);
  const child = children[random.whole(0, children.length - 1)];
  return child === undefined ? null : kill(how, [child]);
}

const one = (dev: DevHome, server: Server): readonly number[] => {
  const pid = dev.pidOf(server);
  return pid === null ? [] : [pid];
};

function kill(name: string, pids: readonly number[]): string | null {
  if (pids.length === 0) return null;
  signalAll(pids, 'SIGKILL');
  return name;
}
