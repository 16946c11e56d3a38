import type { ReadRequest } from './file.ts';
import { unreadable } from './unreadable.ts';

/** The entries of the first dimension that a request names; a scalar has one.
 * @throws {Failure} `unreadable_file`: the file has fewer
 */
export function rowsAsked(
  path: string,
  { name, from = 0, count }: ReadRequest,
  rows: number,
): { readonly from: number; readonly count: number } {
  const asked = count ?? rows - from;
  const isInside = Number.isSafeInteger(from) && Number.isSafeInteger(asked) && from >= 0 && asked >= 0 && from + asked <= rows;
  if (isInside) return { from, count: asked };
  throw unreadable({ path, what: `${asked} entries of ${name} are asked for from ${from} on`, expected: `entries of 0 to ${rows}` });
}
