import { Failure, messageOf } from '../../errors.ts';
import type { ObjectStore, WriteOptions } from '../../stores/objects/contract.ts';
import { isInstrument } from '../names.ts';
import { bounded } from './bounded.ts';
import type { Made, Omission } from './table.ts';

export const annotationsKey = (instrument: string): string => `annotations/${instrument}.json`;

export interface AnnotationsMade {
  readonly written: number;
  readonly bytes: number;
}

/**
 * Writes the annotations of every instrument as they came to `annotations/<refdes>.json`. One that cannot be had keeps its old file, is among
 * the omissions and hurts no other.
 *
 * @param fetch the answer's bytes; it throws for anything that is no JSON, such as the page that is shown during maintenance
 * @throws {Failure} `no_annotations` (again): none could be had
 */
export async function annotations(
  instruments: readonly string[],
  fetch: (instrument: string) => Promise<Uint8Array>,
  objects: ObjectStore,
  options: WriteOptions = {},
): Promise<Made<AnnotationsMade>> {
  const results = await bounded([...new Set(instruments)].toSorted(), async (instrument): Promise<number | Omission> => {
    if (!isInstrument(instrument)) return { what: instrument.slice(0, 60), why: 'this is no reference designator' };
    let bytes: Uint8Array;
    try {
      bytes = await fetch(instrument);
      checkList(bytes);
    } catch (error) {
      if (options.signal?.aborted === true) throw error;
      return { what: instrument, why: `its annotations cannot be had, and the last ones stay: ${messageOf(error)}` };
    }
    await objects.put(annotationsKey(instrument), bytes, { ...options, contentType: 'application/json' });
    return bytes.byteLength;
  });
  const omissions = results.filter((result) => typeof result !== 'number');
  const sizes = results.filter((result) => typeof result === 'number');
  const [first] = omissions;
  if (first !== undefined && sizes.length === 0) {
    const happened = `The annotations of none of ${results.length} instruments can be had; of ${first.what}: ${first.why}`;
    throw new Failure({ kind: 'again', code: 'no_annotations', happened, remedy: 'Check the user name and the token' });
  }
  return { value: { written: sizes.length, bytes: sizes.reduce((total, size) => total + size, 0) }, omissions };
}

function checkList(bytes: Uint8Array): void {
  const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  if (!Array.isArray(value)) throw new Error('the answer is no list of annotations');
}
