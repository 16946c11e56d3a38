/** Gives the `length` bytes of a file from `position` on; null: the file has fewer. They may be overwritten by the next call. */
export type ReadAt = (position: number, length: number) => Uint8Array<ArrayBuffer> | null;

/**
 * Goes through a piece of a file, little-endian. What does not fit into the piece, or is no number that a file can hold, is NaN, and so is
 * everything behind it: whoever reads asks at the end.
 */
export class Bytes {
  readonly #view: DataView;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  number(width: 1 | 2 | 4): number {
    const { at } = this;
    this.at += width;
    if (!(this.at <= this.#view.byteLength)) return Number.NaN;
    return width === 1 ? this.#view.getUint8(at) : width === 2 ? this.#view.getUint16(at, true) : this.#view.getUint32(at, true);
  }

  /** An address or a length of eight bytes. */
  place(): number {
    const low = this.number(4);
    const whole = this.number(4) * 2 ** 32 + low;
    return Number.isSafeInteger(whole) ? whole : Number.NaN;
  }

  isSigned(signature: string): boolean {
    return [...signature].every((letter) => this.number(1) === letter.charCodeAt(0));
  }
}
