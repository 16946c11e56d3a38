import { keyOf } from './noise.ts';
import type { SeriesOptions } from './options.ts';

export type StreamKind = 'ctd' | 'optaa' | 'nutnr';

export interface Stream {
  readonly index: number;
  readonly kind: StreamKind;
  readonly site: string;
  readonly node: string;
  readonly sensor: string;
  readonly instrument: string;
  readonly method: string;
  readonly name: string;
  readonly table: string;
  /** The instrument beside it, whose files come along. */
  readonly neighbour: string;
  readonly key: number;
}

const KINDS = ['ctd', 'optaa', 'nutnr'] as const;
const NAMES = { ctd: 'ctdbp_no_sample', optaa: 'optaa_sample', nutnr: 'nutnr_a_sample' } as const;
const SENSORS = { ctd: 'CTDBPN', optaa: 'OPTAAD', nutnr: 'NUTNRA' } as const;
const STREAMS_PER_SITE = 30;

/** The `index`-th stream, each third of a kind. */
export function streamOf(options: SeriesOptions, index: number): Stream {
  const kind = KINDS[index % 3] ?? 'ctd';
  const site = `CE${String(Math.floor(index / STREAMS_PER_SITE)).padStart(2, '0')}SHBP`;
  const inSite = index % STREAMS_PER_SITE;
  // Nodes that begin with SF move: their files hold lat, lon and depth.
  const node = `${kind === 'optaa' ? 'SF' : 'LJ'}${String(1 + Math.floor(inSite / 3)).padStart(2, '0')}D`;
  const sensor = `0${1 + (inSite % 3)}-${SENSORS[kind]}${String(100 + inSite).padStart(3, '0')}`;
  const instrument = `${site}-${node}-${sensor}`;
  return {
    index,
    kind,
    site,
    node,
    sensor,
    instrument,
    method: 'streamed',
    name: NAMES[kind],
    table: `${instrument}-streamed-${NAMES[kind]}`,
    neighbour: `${site}-${node}-09-DOSTAD${String(100 + inSite).padStart(3, '0')}-streamed-do_stable_sample`,
    key: keyOf(options.seed, 'stream', index),
  };
}

/** All streams, by table name. */
export function streamsOf(options: SeriesOptions): ReadonlyMap<string, Stream> {
  const streams = Array.from({ length: options.streams }, (_, index) => streamOf(options, index));
  return new Map(streams.map((stream) => [stream.table, stream]));
}

/** Whether a path of the inventory (site, node, instrument, method, stream, as far as it goes) leads to the stream. */
export const isBelow = ({ site, node, sensor, method, name }: Stream, parts: readonly string[]): boolean =>
  parts.every((part, index) => [site, node, sensor, method, name][index] === part);
