import type { Body } from './contract.ts';

/** A body as pieces of one size; only the last is shorter. An empty body has none. */
export async function* inParts(body: Body, partBytes: number): AsyncGenerator<Uint8Array, undefined> {
  if (body instanceof Uint8Array) {
    for (let at = 0; at < body.byteLength; at += partBytes) yield body.subarray(at, at + partBytes);
    return;
  }
  let part = new Uint8Array(partBytes);
  let filled = 0;
  for await (const piece of body) {
    for (let at = 0; at < piece.byteLength; ) {
      const taken = piece.subarray(at, at + partBytes - filled);
      part.set(taken, filled);
      filled += taken.byteLength;
      at += taken.byteLength;
      if (filled < partBytes) continue;
      yield part;
      part = new Uint8Array(partBytes); // the one before may still be on its way
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}
