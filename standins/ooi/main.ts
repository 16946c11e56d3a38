import { messageOf } from '../../src/errors.ts';
import { readArguments } from './arguments.ts';
import { startFacility } from './facility.ts';
import { generatedWorld } from './series/facility-world.ts';
import { openTree } from './tree.ts';

/**
 * Serves a stand-in until SIGTERM or SIGINT, or until standard input ends. One JSON line when it is ready; then it is told what to do
 * under `/standin/`. With `series` and the requests of `/standin/requests` another process can say what a store must hold.
 */
async function main(): Promise<void> {
  const { tree, series, untilStdinEnds, ...options } = readArguments(process.argv.slice(2));
  const facility = await startFacility({ ...options, world: tree === null ? generatedWorld(series) : openTree(tree) });
  const end = (): void => {
    facility.stop().then(() => process.exit(0), fail);
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  const { url, port, user, token } = facility;
  process.stdout.write(`${JSON.stringify({ url, port, user, token, series: tree === null ? series : null })}\n`);
  if (untilStdinEnds) process.stdin.once('end', end).resume();
}

function fail(error: unknown): never {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}

main().catch(fail);
