import { z } from 'zod';

/** What the facility's answers hold of what the tables need; fields that are not named here are passed over. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
const number = z
  .number()
  .nullish()
  .transform((value) => value ?? null);
/** `{ "value": "counts" }`, or null. */
const wrapped = z
  .object({ value: text })
  .nullish()
  .transform((value) => value?.value ?? null);

export const instrumentEntry = z.object({
  reference_designator: z.string(),
  platform_code: z.string(),
  mooring_code: z.string(),
  instrument_code: z.string(),
  streams: z.array(z.object({ stream: z.string(), method: z.string(), count: number, beginTime: text, endTime: text })),
});
/** One instrument of the table of contents. */
export type InstrumentEntry = z.output<typeof instrumentEntry>;

export const streamDetails = z.object({
  id: z.number(),
  stream_type: wrapped,
  stream_content: wrapped,
  parameters: z.array(
    z.object({
      id: z.number(),
      name: z.string(),
      display_name: text,
      netcdf_name: text,
      standard_name: text,
      description: text,
      unit: wrapped,
      data_level: number,
      data_product_type: wrapped,
      data_product_identifier: text,
    }),
  ),
});
/** `stream/byname`. */
export type StreamDetails = z.output<typeof streamDetails>;
export type ParameterDetails = StreamDetails['parameters'][number];
