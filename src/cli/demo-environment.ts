import { join } from 'node:path';

/** Settings that name servers, or where on them things are: a demo has its own. */
const ELSEWHERE = /^(TEMPORAL_|MONGODB_URI|LANDFALL_(DATABASE|FLOWS|HOME|HTTP)$)/;

/** What the demo and its worker see of the environment: nothing that would lead them to somebody's real servers. Pure. */
export function demoEnvironment(env: NodeJS.ProcessEnv, home: string): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !ELSEWHERE.test(name)));
  return { ...kept, LANDFALL_HOME: home, LANDFALL_FLOWS: join(home, 'flows') };
}
