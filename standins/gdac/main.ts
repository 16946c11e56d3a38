import { createInterface } from 'node:readline';
import { messageOf } from '../../src/errors.ts';
import { readArguments } from './arguments.ts';
import { type Faults, type Gdac, startGdac } from './gdac.ts';

/**
 * Serves a stand-in until SIGTERM or SIGINT. One JSON line when it is ready; then one for each line of standard input:
 * `night 2` plays the next night, `faults {"isEmpty":true}` switches faults, `stop` ends.
 */
async function main(): Promise<void> {
  const { folder, floats, cyclesPerFloat, seed, night, port, tree, untilStdinEnds } = readArguments(process.argv.slice(2));
  const gdac = await startGdac({
    folder,
    floats,
    cyclesPerFloat,
    seed,
    ...(tree === null ? {} : { tree }),
    ...(port === null ? {} : { port }),
  });
  const end = (status: number): void => {
    gdac.stop().then(() => process.exit(status), fail);
  };
  process.once('SIGTERM', () => end(0));
  process.once('SIGINT', () => end(0));
  for (let next = gdac.night + 1; next <= night; next += 1) await gdac.playNight(next);
  say({ url: gdac.url, tree: gdac.tree, folder, port: gdac.port, daemonPid: gdac.pid, seed, floats, cyclesPerFloat, night: gdac.night });

  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === 'stop') end(0);
    else if (line.trim() !== '') say(await answer(gdac, line.trim()));
  }
  if (untilStdinEnds) end(0);
}

async function answer(gdac: Gdac, line: string): Promise<object> {
  try {
    const [, verb, rest] = /^(\w+) (.*)$/.exec(line) ?? [];
    if (verb === 'night') return await gdac.playNight(Number(rest));
    if (verb !== 'faults') return { error: `"${line}" is not understood. Expected "night N", "faults {…}" or "stop".` };
    const faults = faultsOf(JSON.parse(rest ?? ''));
    await gdac.setFaults(faults);
    return { faults };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

function faultsOf(value: unknown): Faults {
  const at = (name: keyof Faults): unknown => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined);
  const number = (name: 'maxConnections' | 'bandwidthKiB'): Faults => (typeof at(name) === 'number' ? { [name]: at(name) } : {});
  return {
    isEmpty: at('isEmpty') === true,
    hasNoModule: at('hasNoModule') === true,
    refusesConnections: at('refusesConnections') === true,
    obeysPermissions: at('obeysPermissions') === true,
    ...number('maxConnections'),
    ...number('bandwidthKiB'),
  };
}

const say = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

function fail(error: unknown): never {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}

main().catch(fail);
