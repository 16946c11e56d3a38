import { parseArgs } from 'node:util';
import { Failure, messageOf } from '../../src/errors.ts';
import { readSwitches, type SwitchesInput } from './switches.ts';

export interface MainArguments {
  readonly tree: string;
  readonly port?: number;
  readonly hosts: 'own' | 'real';
  readonly speed: number;
  readonly startMs?: number;
  readonly switches: SwitchesInput;
  readonly untilStdinEnds: boolean;
}

export const USAGE =
  "node standins/ooi/main.ts --tree DIR [--port FREE] [--hosts own|real] [--start TIME] [--speed 1] [--switches '{…}'] [--until-stdin-ends]";

/** @throws {Failure} `standin_arguments`, `standin_switches` (stop). */
export function readArguments(argv: readonly string[]): MainArguments {
  const { values } = parsed(argv);
  if (values.tree === undefined) throw wrong('--tree is missing');
  if (values.hosts !== 'own' && values.hosts !== 'real') throw wrong(`--hosts is "${values.hosts}", neither own nor real`);
  return {
    tree: values.tree,
    hosts: values.hosts,
    speed: number('--speed', values.speed),
    switches: readSwitches(fromJson(values.switches)),
    untilStdinEnds: values['until-stdin-ends'],
    ...(values.port === undefined ? {} : { port: number('--port', values.port) }),
    ...(values.start === undefined ? {} : { startMs: moment('--start', values.start) }),
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        tree: { type: 'string' },
        port: { type: 'string' },
        hosts: { type: 'string', default: 'own' },
        start: { type: 'string' },
        speed: { type: 'string', default: '1' },
        switches: { type: 'string', default: '{}' },
        'until-stdin-ends': { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw wrong(cause.message, cause);
  }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw wrong(`--switches is no JSON (${messageOf(cause)})`, cause);
  }
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw wrong(`${name} is "${text}", not a number from 0 on`);
  return value;
}

function moment(name: string, text: string): number {
  const value = Date.parse(text);
  if (Number.isNaN(value)) throw wrong(`${name} is "${text}", not a time such as 2026-01-01T00:00:00Z`);
  return value;
}

const wrong = (happened: string, cause?: unknown): Failure =>
  new Failure({ kind: 'stop', code: 'standin_arguments', happened, remedy: `Use: ${USAGE}`, cause });
