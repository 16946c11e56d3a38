import { stringify } from 'yaml';
import type { FoundStream } from './legacy-folder.ts';

/** A flow file that is to be written. */
export interface FlowFile {
  /** Of the flow; the file is `<name>.yaml`. */
  readonly name: string;
  readonly text: string;
}

export const SET_NAME = 'ooi-all';

export interface FlowFileOptions {
  /** Instead of `harvest_options.path`; null: as the files say. */
  readonly place: string | null;
}

export const flowName = ({ table }: Pick<FoundStream, 'table'>): string => table.toLowerCase();

/**
 * One flow for each stream, and one of all of them. Streams with the schedule that most have are harvested by the set; the others by themselves,
 * and the set leaves them out, so that none is harvested twice.
 */
export function flowFiles(streams: readonly FoundStream[], { place }: FlowFileOptions): readonly FlowFile[] {
  const schedule = commonest(streams.map((stream) => stream.schedule)) ?? '0 0 * * *';
  const together = streams.filter((stream) => stream.schedule === schedule);
  const own = new Set(streams.filter((stream) => stream.schedule !== schedule));
  const files = streams.map((stream) => ({ name: flowName(stream), text: streamText(stream, place, own.has(stream)) }));
  const set = {
    kind: 'ooi',
    name: SET_NAME,
    description: 'All streams that were taken over',
    streams: own.size === 0 ? 'all' : together.map(flowName).toSorted(),
    store: storeOf(place ?? commonest(streams.map((stream) => stream.place)) ?? ''),
    schedules: { harvestAll: schedule },
  };
  return [...files, { name: SET_NAME, text: `# Made by the takeover of ${streams.length} configurations\n${written(set)}` }];
}

function streamText(
  { file, instrument, method, stream, place, range, schedule, table }: FoundStream,
  given: string | null,
  isAlone: boolean,
): string {
  const flow = {
    kind: 'ooi',
    name: flowName({ table }),
    instrument,
    stream: { method, name: stream },
    store: storeOf(given ?? place),
    ...(range.start === null && range.end === null ? {} : { range }),
    ...(isAlone ? { schedules: { harvest: schedule } } : {}),
  };
  return `# Taken over from ${file}\n${written(flow)}`;
}

/** Readers of a bucket open `<place>/<table>` itself, and go on to. */
const storeOf = (place: string): object => ({ place, ...(place.startsWith('s3://') ? { publish: 'prefix' } : {}) });

const written = (flow: object): string => stringify(flow, { lineWidth: 0 });

/** Of equally common ones the first. */
function commonest(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}
