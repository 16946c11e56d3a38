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
 * @param fetch the answer's text
 * @throws {Failure} `no_annotations` (again): none could be had
 */
export async function annotations(
  instruments: readonly string[],
  fetch: (instrument: string) => Promise<string>,
  objects: ObjectStore,
  options: WriteOptions = {},
): Promise<Made<AnnotationsMade>> {
  const results = await bounded([...new Set(instruments)].toSorted(), async (instrument): Promise<number | Omission> => {
    if (!isInstrument(instrument)) return { what: instrument.slice(0, 60), why: 'this is no reference designator' };
    let bytes: Uint8Array;
    try {
      bytes = checkedList(await fetch(instrument));
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

/** @throws {Failure} `bad_annotations` (again): the page that is shown during maintenance, with status 200 */
function checkedList(text: string): Uint8Array {
  if (isList(text)) return new TextEncoder().encode(text);
  throw new Failure({ kind: 'again', code: 'bad_annotations', happened: 'The answer is no list of annotations', expected: 'a JSON list' });
}

function isList(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
