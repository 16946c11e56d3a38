import { product } from './array.ts';

/** A box inside an array that lies in memory in C order. */
export interface Place {
  readonly bytes: Uint8Array;
  readonly shape: readonly number[];
  readonly start: readonly number[];
}

export interface BoxCopy {
  readonly source: Place;
  readonly target: Place;
  readonly size: readonly number[];
  readonly itemBytes: number;
}

/** Copies a box of values; what is contiguous on both sides goes in one piece. */
export function copyBox({ source, target, size, itemBytes }: BoxCopy): void {
  if (product(size) === 0) return;
  const sourceSteps = stepsOf(source.shape, itemBytes);
  const targetSteps = stepsOf(target.shape, itemBytes);
  let inner = size.length - 1;
  while (inner > 0 && size[inner] === source.shape[inner] && size[inner] === target.shape[inner]) inner--;
  const pieceBytes = (size[inner] ?? 1) * (sourceSteps[inner] ?? itemBytes);

  const copy = (at: number, from: number, to: number): void => {
    if (at === inner) {
      target.bytes.set(source.bytes.subarray(from, from + pieceBytes), to);
      return;
    }
    for (let i = 0; i < (size[at] ?? 0); i++) copy(at + 1, from + i * (sourceSteps[at] ?? 0), to + i * (targetSteps[at] ?? 0));
  };
  copy(0, offsetOf(source.start, sourceSteps), offsetOf(target.start, targetSteps));
}

/** Bytes from one value to the next along every dimension. */
const stepsOf = (shape: readonly number[], itemBytes: number): readonly number[] =>
  shape.map((_, at) => product(shape.slice(at + 1)) * itemBytes);

const offsetOf = (start: readonly number[], steps: readonly number[]): number =>
  start.reduce((sum, at, i) => sum + at * (steps[i] ?? 0), 0);
