import { z } from 'zod';
import { type Facility, readAs } from './client.ts';
import { inventoryPath } from './inventory.ts';
import { listOf } from './json.ts';

const textOrNull = z.string().nullable().catch(null);

const QC_FLAGS = ['pass', 'not_evaluated', 'suspect', 'fail', 'not_operational', 'not_available', 'pending_ingest'] as const;

const annotation = z.object({
  id: z.int(),
  subsite: textOrNull,
  node: textOrNull,
  sensor: textOrNull,
  method: textOrNull,
  stream: textOrNull,
  /** Unix milliseconds; no end: it goes on. */
  beginDT: z.number(),
  endDT: z.number().nullable().catch(null),
  annotation: z.string(),
  exclusionFlag: z.boolean().catch(false),
  source: textOrNull,
  /** null: a note only, or a flag that is not known. */
  qcFlag: z.enum(QC_FLAGS).nullable().catch(null),
  parameters: listOf(z.number()).catch([]),
});
/** What somebody wrote about a stretch of data. */
export type Annotation = z.output<typeof annotation>;

export interface Annotations {
  readonly annotations: readonly Annotation[];
  /** The answer as it came. */
  readonly text: string;
}

/** All annotations of an instrument, or of a range of times (Unix milliseconds). None where the facility knows of none. */
export async function annotationsOf(
  facility: Facility,
  instrument: string,
  signal: AbortSignal,
  range: { readonly beginMs?: number; readonly endMs?: number } = {},
): Promise<Annotations> {
  inventoryPath(instrument); // refuses what is no instrument
  const what = `the annotations of ${instrument}`;
  const { status, json, text } = await facility.ask('/api/m2m/12580/anno/find', what, signal, {
    refdes: instrument,
    ...(range.beginMs === undefined ? {} : { beginDT: String(range.beginMs) }),
    ...(range.endMs === undefined ? {} : { endDT: String(range.endMs) }),
  });
  return status === 404 ? { annotations: [], text: '[]' } : { annotations: readAs(listOf(annotation), json, what), text };
}
