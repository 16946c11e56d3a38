import { parseArgs } from 'node:util';
import { Failure, messageOf } from '../../src/errors.ts';
import { clockAt, SERIES_DEFAULTS, type SeriesOptions } from './series/options.ts';
import { readSwitches, type SwitchesInput } from './switches.ts';

export interface MainArguments {
  /** Null: streams are generated. */
  readonly tree: string | null;
  readonly series: SeriesOptions;
  readonly folder?: string;
  readonly port?: number;
  readonly hosts: 'own' | 'real';
  readonly speed: number;
  readonly startMs?: number;
  readonly switches: SwitchesInput;
  readonly untilStdinEnds: boolean;
}

export const USAGE = `node standins/ooi/main.ts [--tree DIR | --streams 3 --seed 1 --begin TIME --days 40 --row-seconds 900 --deployment-days 12 --rows-per-file 400 --regular]
    [--folder DIR] [--port FREE] [--hosts own|real] [--start TIME] [--speed 1] [--switches '{…}'] [--until-stdin-ends]`;

/** The clock begins `--days` after the first row of generated streams, with a given tree at the present; `--start` says otherwise. */
const DAYS = '40';

/** @throws {Failure} `standin_arguments`, `standin_switches` (stop). */
export function readArguments(argv: readonly string[]): MainArguments {
  const { values } = parsed(argv);
  if (values.hosts !== 'own' && values.hosts !== 'real') throw wrong(`--hosts is "${values.hosts}", neither own nor real`);
  const tree = values.tree ?? null;
  const series: SeriesOptions = {
    ...SERIES_DEFAULTS,
    isIrregular: !values.regular,
    seed: number('--seed', values.seed ?? SERIES_DEFAULTS.seed, 0),
    streams: number('--streams', values.streams ?? SERIES_DEFAULTS.streams, 1),
    beginMs: values.begin === undefined ? SERIES_DEFAULTS.beginMs : moment('--begin', values.begin),
    rowSeconds: number('--row-seconds', values['row-seconds'] ?? SERIES_DEFAULTS.rowSeconds, 0.001),
    deploymentDays: number('--deployment-days', values['deployment-days'] ?? SERIES_DEFAULTS.deploymentDays, 0.001),
    rowsPerFile: number('--rows-per-file', values['rows-per-file'] ?? SERIES_DEFAULTS.rowsPerFile, 1),
  };
  const generatedStart = tree === null ? { startMs: clockAt(series, number('--days', values.days, 0)) } : {};
  return {
    tree,
    series,
    hosts: values.hosts,
    speed: number('--speed', values.speed, 0),
    switches: readSwitches(fromJson(values.switches)),
    untilStdinEnds: values['until-stdin-ends'],
    ...(values.folder === undefined ? {} : { folder: values.folder }),
    ...(values.port === undefined ? {} : { port: number('--port', values.port, 1) }),
    ...(values.start === undefined ? generatedStart : { startMs: moment('--start', values.start) }),
  };
}

function parsed(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        tree: text,
        seed: text,
        streams: text,
        begin: text,
        days: { type: 'string', default: DAYS },
        'row-seconds': text,
        'deployment-days': text,
        'rows-per-file': text,
        regular: { type: 'boolean', default: false },
        folder: text,
        port: text,
        hosts: { type: 'string', default: 'own' },
        start: text,
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

function number(name: string, text: string | number, least: number): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < least) throw wrong(`${name} is "${text}", not a number from ${least} on`);
  return value;
}

function moment(name: string, text: string): number {
  const value = Date.parse(text);
  if (Number.isNaN(value)) throw wrong(`${name} is "${text}", not a time such as 2026-01-01T00:00:00Z`);
  return value;
}

const wrong = (happened: string, cause?: unknown): Failure =>
  new Failure({ kind: 'stop', code: 'standin_arguments', happened, remedy: `Use: ${USAGE}`, cause });
