import { assetOf } from './about.ts';
import type { Facts } from './facts.ts';
import type { Stream } from './stream.ts';
import { timelineOf } from './timeline.ts';

/** Every fifth stream has one. */
export const annotations = (streams: readonly Stream[], instrument: string | null): readonly object[] =>
  streams
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

/** @param parts site, node, instrument; without a number the list of numbers. */
export function deployments({ options, streams, nowMs }: Facts, parts: readonly string[]): readonly unknown[] | null {
  const [site, node, sensor, wanted] = parts;
  const stream = streams.find((one) => one.site === site && one.node === node && one.sensor === sensor);
  if (stream === undefined) return null;
  const newest = timelineOf(options, stream).deploymentsAt(nowMs);
  const numbers = Array.from({ length: newest }, (_, index) => index + 1);
  if (wanted === undefined) return numbers;
  return numbers.filter((number) => String(number) === wanted).map((number) => deployment(options, stream, number, number === newest));
}

function deployment(options: Facts['options'], stream: Stream, number: number, isUnderWay: boolean): object {
  const { stretch, timeUs } = timelineOf(options, stream);
  const { first, last } = stretch(number);
  return {
    '@class': '.XDeployment',
    deploymentNumber: number,
    referenceDesignator: stream.instrument,
    eventStartTime: Math.floor(timeUs(number, first) / 1000),
    eventStopTime: isUnderWay ? null : Math.floor(timeUs(number, last) / 1000) + 1,
    location: { latitude: 44.36943, longitude: -124.95639, depth: 80.5 },
    waterDepth: 80.5,
    sensor: sensorOf(stream, number),
    mooring: null,
    node: null,
    deployCruiseInfo: null,
    recoverCruiseInfo: null,
  };
}

const sensorOf = (stream: Stream, number: number): object => ({
  uid: assetOf(stream, number),
  serialNumber: `SI-${String(number).padStart(4, '0')}`,
  manufacturer: 'Stand-in',
  modelNumber: '1',
  description: stream.kind,
  calibration: [],
});

/** `asset?uid=`, `asset/cal?refdes=`, `asset/deployments/{uid}`. */
export function assets({ options, streams, nowMs }: Facts, word: string, query: URLSearchParams): object | null {
  if (word === 'cal') return [];
  if (word === 'deployments') return [];
  for (const stream of streams) {
    for (let number = timelineOf(options, stream).deploymentsAt(nowMs); number > 0; number -= 1)
      if (assetOf(stream, number) === query.get('uid')) return sensorOf(stream, number);
  }
  return null;
}

export const vocabulary = (stream: Stream): object => ({
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
