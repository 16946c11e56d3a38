import { parseArgs } from 'node:util';
import { Failure } from '../../src/errors.ts';

export interface MainArguments {
  readonly folder: string;
  readonly floats: number;
  readonly cyclesPerFloat: number;
  readonly seed: number;
  readonly night: number;
  readonly port: number | null;
  readonly tree: string | null;
  readonly untilStdinEnds: boolean;
}

/** About 1,200 profiles: what the demo mirrors. */
const DEFAULTS = { floats: '30', cycles: '40', seed: '1', night: '0' } as const;

export const USAGE =
  'node standins/gdac/main.ts --folder DIR [--floats 30] [--cycles 40] [--seed 1] [--night 0] [--port FREE] [--tree DIR] [--until-stdin-ends]';

/** @throws {Failure} `standin_arguments` (stop). */
export function readArguments(argv: readonly string[]): MainArguments {
  const { values } = parsed(argv);
  if (values.folder === undefined) throw wrong('--folder is missing');
  return {
    folder: values.folder,
    floats: whole('--floats', values.floats, 1),
    cyclesPerFloat: whole('--cycles', values.cycles, 1),
    seed: whole('--seed', values.seed, 0),
    night: whole('--night', values.night, 0),
    port: values.port === undefined ? null : whole('--port', values.port, 1),
    tree: values.tree ?? null,
    untilStdinEnds: values['until-stdin-ends'],
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        folder: { type: 'string' },
        floats: { type: 'string', default: DEFAULTS.floats },
        cycles: { type: 'string', default: DEFAULTS.cycles },
        seed: { type: 'string', default: DEFAULTS.seed },
        night: { type: 'string', default: DEFAULTS.night },
        port: { type: 'string' },
        tree: { type: 'string' },
        'until-stdin-ends': { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw wrong(cause.message, cause);
  }
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw wrong(`${name} is "${text}", not a whole number from ${least} on`);
  return value;
}

const wrong = (happened: string, cause?: unknown): Failure =>
  new Failure({ kind: 'stop', code: 'standin_arguments', happened, remedy: `Use: ${USAGE}`, cause });
