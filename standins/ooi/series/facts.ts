import { type Answer, json } from '../answer.ts';
import { assetOf } from './about.ts';
import { columnsOf } from './columns.ts';
import type { SeriesOptions } from './options.ts';
import { latestUs } from './rows.ts';
import type { Stream } from './stream.ts';
import { timelineOf } from './timeline.ts';

/** Answers of the interface about generated streams. Specification, section 2. */
export function factAnswer(
  options: SeriesOptions,
  streams: ReadonlyMap<string, Stream>,
  path: string,
  query: URLSearchParams,
  nowMs: number,
): Answer | null {
  const all = [...streams.values()];
  const [, port, rest = ''] = /^\/api\/m2m\/(\d+)\/(.*?)\/?$/.exec(path) ?? [];
  if (path.startsWith('/api/uframe/instrument_list'))
    return json({ instruments: all.map(({ instrument }) => ({ reference_designator: instrument, iris_enabled: false })) });
  const parts = rest.split('/');
  const value = factOf(options, all, port, parts, query, nowMs);
  return value === null ? null : json(value);
}

function factOf(
  options: SeriesOptions,
  all: readonly Stream[],
  port: string | undefined,
  parts: readonly string[],
  query: URLSearchParams,
  nowMs: number,
): object | null {
  const [first, second] = parts;
  switch (`${port}/${first}/${second}`) {
    case '12576/sensor/inv':
      return inventory(options, all, parts.slice(2), nowMs);
    case '12575/stream/byname':
      return streamRecord(all, parts[2]);
    case '12580/anno/find':
      return annotations(all, query.get('refdes'));
    case '12587/events/deployment':
      return deployments(options, all, parts.slice(3), nowMs);
    case '12586/vocab/inv':
      return all.filter(isOf(parts.slice(2))).map(vocabulary);
    default:
      return port === '12575' && first === 'parameter' ? (all.flatMap(parametersOf).find(({ id }) => String(id) === second) ?? null) : null;
  }
}

/** Streams below a path of the inventory. */
const isOf =
  (parts: readonly string[]) =>
  ({ site, node, sensor, method, name }: Stream): boolean =>
    parts.every((part, index) => [site, node, sensor, method, name][index] === part);

function inventory(options: SeriesOptions, all: readonly Stream[], parts: readonly string[], nowMs: number): object | null {
  if (parts[0] === 'toc') return contents(options, all, nowMs);
  const at = parts.indexOf('metadata');
  const below = all.filter(isOf(at < 0 ? parts : parts.slice(0, at)));
  if (below.length === 0) return null;
  const times = () => below.map((stream) => timesOf(options, stream, nowMs));
  if (at >= 0) return parts[at + 1] === 'times' ? times() : { parameters: below.flatMap(parametersOf), times: times() };
  const level = (stream: Stream): string => [stream.site, stream.node, stream.sensor, stream.method, stream.name][parts.length] ?? '';
  return [...new Set(below.map(level))];
}

const contents = (options: SeriesOptions, all: readonly Stream[], nowMs: number): object => ({
  instruments: all.map((stream) => ({
    reference_designator: stream.instrument,
    platform_code: stream.site,
    mooring_code: stream.node,
    instrument_code: stream.sensor,
    streams: [timesOf(options, stream, nowMs)],
  })),
  parameters_by_stream: {},
  parameter_definitions: [],
});

function timesOf(options: SeriesOptions, stream: Stream, nowMs: number): object {
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

function parametersOf(stream: Stream) {
  const columns = [1, 2].flatMap((deployment) => columnsOf(stream.kind, deployment, 1));
  return [...new Map(columns.map((column) => [column.name, column])).values()].map((column, index) => ({
    id: (stream.index % 3) * 1000 + index + 1,
    name: column.name,
    display_name: column.name.replaceAll('_', ' '),
    netcdf_name: column.name,
    standard_name: column.attributes.standard_name ?? null,
    description: `${column.name.replaceAll('_', ' ')}.`,
    unit: column.attributes.units === undefined ? null : { value: column.attributes.units },
    data_level: column.attributes.standard_name === undefined ? 0 : 1,
    data_product_type: null,
    data_product_identifier: column.attributes.standard_name === undefined ? null : 'TEMPWAT_L1',
  }));
}

function streamRecord(all: readonly Stream[], name: string | undefined): object | null {
  const stream = all.find((one) => one.name === name);
  if (stream === undefined) return null;
  return {
    id: 500 + (stream.index % 3),
    name: stream.name,
    stream_type: { value: 'Science' },
    stream_content: { value: 'Data Products' },
    parameters: parametersOf(stream),
  };
}

function annotations(all: readonly Stream[], instrument: string | null): object {
  return all
    .filter((stream) => stream.instrument === instrument && stream.index % 5 === 0)
    .map((stream) => ({
      '@class': '.AnnotationRecord',
      id: 2000 + stream.index,
      subsite: stream.site,
      node: stream.node,
      sensor: stream.sensor,
      method: stream.method,
      stream: stream.name,
      beginDT: Date.UTC(2025, 0, 3),
      endDT: null,
      annotation: 'Biofouling suspected.',
      exclusionFlag: false,
      source: 'operator@example.org',
      qcFlag: 'suspect',
      parameters: [],
    }));
}

function deployments(options: SeriesOptions, all: readonly Stream[], parts: readonly string[], nowMs: number): object | null {
  const stream = all.find(isOf(parts.slice(0, 3)));
  if (stream === undefined || parts.length < 3) return null;
  const timeline = timelineOf(options, stream);
  const newest = timeline.deploymentsAt(nowMs);
  const numbers = Array.from({ length: newest }, (_, index) => index + 1);
  if (parts[3] === undefined) return numbers;
  return numbers
    .filter((number) => String(number) === parts[3])
    .map((number) => {
      const { first, last } = timeline.stretch(number);
      return {
        deploymentNumber: number,
        referenceDesignator: stream.instrument,
        eventStartTime: Math.floor(timeline.timeUs(number, first) / 1000),
        eventStopTime: number === newest ? null : Math.floor(timeline.timeUs(number, last) / 1000) + 1,
        location: { latitude: 44.36943, longitude: -124.95639, depth: 80.5 },
        waterDepth: 80.5,
        sensor: {
          uid: assetOf(stream, number),
          serialNumber: `SI-${number}`,
          manufacturer: 'Stand-in',
          modelNumber: '1',
          description: null,
          calibration: [],
        },
        mooring: null,
        node: null,
        deployCruiseInfo: null,
        recoverCruiseInfo: null,
      };
    });
}

const vocabulary = (stream: Stream): object => ({
  refdes: stream.instrument,
  tocL1: 'Coastal Endurance',
  tocL2: stream.site,
  tocL3: stream.node,
  instrument: stream.kind,
  manufacturer: 'Stand-in',
  model: '1',
  mindepth: 80,
  maxdepth: 81,
});
