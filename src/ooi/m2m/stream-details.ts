import { z } from 'zod';
import { Failure } from '../../errors.ts';
import { isStream } from '../names.ts';
import type { Facility } from './client.ts';
import { listOf } from './json.ts';

const textOrNull = z.string().nullable().catch(null);
/** `{ "value": "counts" }` or null, as the interface wraps words of its vocabularies. */
const word = z
  .object({ value: z.string().nullable() })
  .nullable()
  .catch(null)
  .transform((wrapped) => wrapped?.value ?? null);

const parameter = z.object({
  id: z.int(),
  name: z.string(),
  display_name: textOrNull,
  netcdf_name: textOrNull,
  standard_name: textOrNull,
  description: textOrNull,
  unit: word,
  data_level: z.union([z.number(), z.string()]).nullable().catch(null),
  data_product_type: word,
  data_product_identifier: textOrNull,
});

const details = z.object({
  id: z.int(),
  name: z.string().nullable().catch(null),
  stream_type: word,
  stream_content: word,
  parameters: listOf(parameter),
});
export type StreamDetails = z.output<typeof details>;

/** A stream with its parameters, by its name. @throws {Failure} stop, `not_at_facility`: there is no such stream. */
export async function streamDetails(facility: Facility, stream: string, signal: AbortSignal): Promise<StreamDetails> {
  if (!isStream(stream)) {
    throw new Failure({ kind: 'stop', code: 'bad_stream', happened: `${JSON.stringify(stream.slice(0, 80))} is no name of a stream` });
  }
  return await facility.askFor(details, `/api/m2m/12575/stream/byname/${stream}`, `the stream ${stream}`, signal);
}
