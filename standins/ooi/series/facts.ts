import { type Answer, json } from '../answer.ts';
import type { SeriesOptions } from './options.ts';
import { definitionsOf, parametersOf } from './parameters.ts';
import { annotations, assets, deployments, vocabulary } from './records.ts';
import { latestUs } from './rows.ts';
import { isBelow, type Stream } from './stream.ts';
import { timelineOf } from './timeline.ts';

/** What answers are about. */
export interface Facts {
  readonly options: SeriesOptions;
  readonly streams: readonly Stream[];
  /** Of the facility's clock. */
  readonly nowMs: number;
}

/** Answers of the interface about generated streams, data requests aside. Specification, section 2. */
export function factAnswer(facts: Facts, path: string, query: URLSearchParams): Answer | null {
  if (path === '/api/uframe/instrument_list') return json({ instruments: instrumentList(facts) });
  const [, port, rest = ''] = /^\/api\/m2m\/(\d+)\/(.*?)\/?$/.exec(path) ?? [];
  const [first, second, ...parts] = rest.split('/');
  const value = fact(facts, `${port}/${first}`, second ?? '', parts, query);
  return value === null ? null : json(value);
}

function fact(facts: Facts, service: string, word: string, parts: readonly string[], query: URLSearchParams): object | null {
  const { streams } = facts;
  switch (service) {
    case '12576/sensor':
      return inventory(facts, parts);
    case '12575/stream':
      return streamRecord(streams, parts[0]);
    case '12575/parameter':
      return (
        oneOfEach(streams)
          .flatMap(parametersOf)
          .find(({ id }) => String(id) === word) ?? null
      );
    case '12580/anno':
      return annotations(streams, query.get('refdes'));
    case '12587/events':
      return deployments(facts, parts.slice(1));
    case '12587/asset':
      return assets(facts, word, query);
    case '12586/vocab':
      return streams.filter((stream) => isBelow(stream, parts)).map(vocabulary);
    default:
      return null;
  }
}

const instrumentList = ({ streams }: Facts): readonly object[] =>
  streams.map(({ instrument, index }) => ({ reference_designator: instrument, iris_enabled: index % 4 === 0 }));

/** A stream of each kind: enough to know all parameters. */
const oneOfEach = (streams: readonly Stream[]): readonly Stream[] => [...new Map(streams.map((stream) => [stream.kind, stream])).values()];

function inventory(facts: Facts, parts: readonly string[]): object | null {
  if (parts[0] === 'toc') return contents(facts);
  const at = parts.indexOf('metadata');
  const below = facts.streams.filter((stream) => isBelow(stream, at < 0 ? parts : parts.slice(0, at)));
  if (below.length === 0) return null;
  const times = () => below.map((stream) => timesOf(facts, stream));
  if (at >= 0) return parts[at + 1] === 'times' ? times() : { parameters: below.flatMap(definitionsOf), times: times() };
  const level = ({ site, node, sensor, method, name }: Stream): string => [site, node, sensor, method, name][parts.length] ?? '';
  return [...new Set(below.map(level))];
}

function contents(facts: Facts): object {
  const each = oneOfEach(facts.streams);
  const definitions = each.flatMap(definitionsOf).map((one) => [one.pdId, one] as const);
  return {
    instruments: facts.streams.map((stream) => ({
      reference_designator: stream.instrument,
      platform_code: stream.site,
      mooring_code: stream.node,
      instrument_code: stream.sensor,
      streams: [timesOf(facts, stream)],
    })),
    parameters_by_stream: Object.fromEntries(each.map((stream) => [stream.name, definitionsOf(stream).map(({ pdId }) => pdId)])),
    parameter_definitions: [...new Map(definitions).values()],
  };
}

function timesOf({ options, nowMs }: Facts, stream: Stream): object {
  const latest = latestUs(options, stream, nowMs);
  const begin = timelineOf(options, stream).timeUs(1, 0);
  const iso = (us: number): string => new Date(Math.floor(us / 1000)).toISOString();
  return {
    stream: stream.name,
    method: stream.method,
    count: latest === null ? 0 : Math.floor((latest - begin) / (options.rowSeconds * 1e6)) + 1,
    beginTime: iso(begin),
    endTime: iso(latest ?? begin),
  };
}

function streamRecord(streams: readonly Stream[], name: string | undefined): object | null {
  const stream = streams.find((one) => one.name === name);
  if (stream === undefined) return null;
  return {
    id: 500 + (stream.index % 3),
    name: stream.name,
    stream_type: { value: 'Science' },
    stream_content: { value: 'Data Products' },
    parameters: parametersOf(stream),
  };
}
