import type { Cursor } from './classic-cursor.ts';
import { decodeValues } from './classic-types.ts';
import type { AttributeValue } from './file.ts';
import { decodeAttributeText } from './text.ts';

const TAG_ATTRIBUTES = 12;

/** Stepped over when the file is opened, decoded when first asked for: most attributes of most files are never looked at. */
export class AttributeList {
  readonly #cursor: Cursor;
  readonly #from: number;
  readonly #length: number;
  #decoded: ReadonlyMap<string, AttributeValue> | undefined;

  /** `length` attributes begin at the byte `from`; the cursor has been over them once. */
  constructor(cursor: Cursor, from: number, length: number) {
    this.#cursor = cursor;
    this.#from = from;
    this.#length = length;
  }

  /** Where a name occurs twice the first one counts, as in the netCDF library. */
  get decoded(): ReadonlyMap<string, AttributeValue> {
    this.#decoded ??= this.#decode();
    return this.#decoded;
  }

  #decode(): ReadonlyMap<string, AttributeValue> {
    const values = new Map<string, AttributeValue>();
    this.#cursor.at = this.#from;
    for (let i = 0; i < this.#length; i++) {
      const name = this.#cursor.name('the name of an attribute');
      const type = this.#cursor.type(name);
      const raw = this.#cursor.bytes(this.#cursor.count(name) * type.bytes, name);
      if (!values.has(name)) values.set(name, type.name === 'char' ? decodeAttributeText(raw) : decodeValues(type, raw));
    }
    return values;
  }
}

/** @throws {Failure} `unreadable_file`; {HeaderGoesOn} as the cursor */
export function readAttributeList(cursor: Cursor, owner: string): AttributeList {
  const length = cursor.list(TAG_ATTRIBUTES, owner);
  const from = cursor.at;
  for (let i = 0; i < length; i++) {
    cursor.skipName('the name of an attribute');
    const { bytes } = cursor.type(owner);
    cursor.skip(cursor.count(owner) * bytes, owner);
  }
  return new AttributeList(cursor, from, length);
}
