import { z } from 'zod';
import { Failure } from '../../errors.ts';
import { instrumentParts, isInstrument, type StreamName } from '../names.ts';
import { type Facility, readAs } from './client.ts';
import { listOf } from './json.ts';

const text = z.string();
const textOrNull = z.string().nullable().catch(null);

const streamTimes = z.object({ stream: text, method: text, count: z.number(), beginTime: text, endTime: text });

/** What there is of one stream; times are ISO texts in UTC. */
export type StreamTimes = z.output<typeof streamTimes>;

const tocInstrument = z.object({
  reference_designator: text,
  platform_code: text,
  mooring_code: text,
  instrument_code: text,
  streams: listOf(streamTimes),
});
export type TocInstrument = z.output<typeof tocInstrument>;

const parameter = z.object({
  particleKey: text,
  pdId: text,
  stream: text,
  type: textOrNull,
  shape: textOrNull,
  units: textOrNull,
  fillValue: z.union([text, z.number()]).nullable().catch(null),
  unsigned: z.boolean().catch(false),
});
export type MetadataParameter = z.output<typeof parameter>;

const listedInstrument = z.object({ reference_designator: text, iris_enabled: z.boolean().nullable().catch(null) });
export type ListedInstrument = z.output<typeof listedInstrument>;

const instrumentPath = (instrument: string): string => {
  if (!isInstrument(instrument)) {
    throw new Failure({
      kind: 'stop',
      code: 'bad_instrument',
      happened: `${JSON.stringify(instrument.slice(0, 80))} is no reference designator`,
      expected: 'one such as CE02SHBP-LJ01D-06-CTDBPN106',
    });
  }
  const { site, node, sensor } = instrumentParts(instrument);
  return `/${site}/${node}/${sensor}`;
};

/** Path of an instrument below a list of the interface: `/api/m2m/12576/sensor/inv/<site>/<node>/<sensor>`. */
export const inventoryPath = (instrument: string): string => `/api/m2m/12576/sensor/inv${instrumentPath(instrument)}`;

/** The table of contents: every instrument with its streams. Several MB. */
export async function tableOfContents(facility: Facility, signal: AbortSignal): Promise<readonly TocInstrument[]> {
  const toc = z.object({ instruments: listOf(tocInstrument) });
  return (await facility.askFor(toc, '/api/m2m/12576/sensor/inv/toc', 'the table of contents', signal)).instruments;
}

/** What there is of each stream of an instrument; null: the facility does not know the instrument. */
export async function timesOf(facility: Facility, instrument: string, signal: AbortSignal): Promise<readonly StreamTimes[] | null> {
  const what = `the times of ${instrument}`;
  const { status, json } = await facility.ask(`${inventoryPath(instrument)}/metadata/times`, what, signal);
  return status === 404 ? null : readTimes(json, what);
}

/** The facility's answer about the streams of an instrument. */
export const readTimes = (json: unknown, what: string): readonly StreamTimes[] => readAs(listOf(streamTimes), json, what);

/** What there is of one stream; null: the facility does not know it. */
export async function timesOfStream(
  facility: Facility,
  { instrument, method, stream }: StreamName,
  signal: AbortSignal,
): Promise<StreamTimes | null> {
  const all = (await timesOf(facility, instrument, signal)) ?? [];
  return all.find((one) => one.method === method && one.stream === stream) ?? null;
}

/** The parameters of all streams of an instrument, as the facility keeps them. */
export async function parametersOf(facility: Facility, instrument: string, signal: AbortSignal): Promise<readonly MetadataParameter[]> {
  const metadata = z.object({ parameters: listOf(parameter) });
  return (await facility.askFor(metadata, `${inventoryPath(instrument)}/metadata`, `the metadata of ${instrument}`, signal)).parameters;
}

/** The open list of instruments: which of them are served elsewhere. */
export async function instrumentList(facility: Facility, signal: AbortSignal): Promise<readonly ListedInstrument[]> {
  const list = z.object({ instruments: listOf(listedInstrument) });
  const path = '/api/uframe/instrument_list';
  return (await facility.askFor(list, path, 'the list of instruments', signal, { refresh: 'false' })).instruments;
}
