import { join } from 'node:path';

/** Settings that name servers, or where on them things are: a demo has its own. */
const ELSEWHERE = /^(TEMPORAL_|MONGODB_URI|LANDFALL_(DATABASE|FLOWS|HOME|HTTP)$)/;

/** Batches of the miniature are short; nobody who ends a demo wants to wait as long as a deployment should. */
const SHUTDOWN_GRACE = '5s';

/** The stand-in needs no sparing: questions a second. */
const RATE_REQUEST = '20';

/** What the demo and its worker see of the environment: nothing that would lead them to somebody's real servers. Pure. */
export function demoEnvironment(env: NodeJS.ProcessEnv, home: string): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !ELSEWHERE.test(name)));
  return {
    LANDFALL_SHUTDOWN_GRACE: SHUTDOWN_GRACE,
    LANDFALL_RATE_REQUEST: RATE_REQUEST,
    ...kept,
    LANDFALL_HOME: home,
    LANDFALL_FLOWS: join(home, 'flows'),
  };
}
