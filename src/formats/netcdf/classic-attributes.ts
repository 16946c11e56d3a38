import type { Cursor } from './classic-cursor.ts';
import { decodeValues, type ExternalType } from './classic-types.ts';
import type { AttributeValue } from './file.ts';
import { decodeAttributeText, decodeText } from './text.ts';

const TAG_ATTRIBUTES = 12;

interface Entry {
  readonly nameFrom: number;
  readonly nameTo: number;
  readonly type: ExternalType;
  readonly valueFrom: number;
  readonly valueTo: number;
}

/** Checked when the file is opened, decoded when first asked for: most attributes of most files are never looked at. */
export class AttributeList {
  readonly #head: Uint8Array;
  readonly #entries: readonly Entry[];
  #decoded: ReadonlyMap<string, AttributeValue> | undefined;

  constructor(head: Uint8Array, entries: readonly Entry[]) {
    this.#head = head;
    this.#entries = entries;
  }

  /** Where a name occurs twice the first one counts, as in the netCDF library. */
  get decoded(): ReadonlyMap<string, AttributeValue> {
    this.#decoded ??= this.#decode();
    return this.#decoded;
  }

  #decode(): ReadonlyMap<string, AttributeValue> {
    const values = new Map<string, AttributeValue>();
    for (const { nameFrom, nameTo, type, valueFrom, valueTo } of this.#entries) {
      const name = decodeText(this.#head.subarray(nameFrom, nameTo));
      if (values.has(name)) continue;
      const raw = this.#head.subarray(valueFrom, valueTo);
      values.set(name, type.name === 'char' ? decodeAttributeText(raw) : decodeValues(type, raw));
    }
    return values;
  }
}

/** @throws {Failure} `unreadable_file`; {HeaderGoesOn} as the cursor */
export function readAttributeList(cursor: Cursor, owner: string): AttributeList {
  const length = cursor.list(TAG_ATTRIBUTES, owner);
  const entries: Entry[] = [];
  for (let i = 0; i < length; i++) entries.push(readEntry(cursor, owner));
  return new AttributeList(cursor.head, entries);
}

function readEntry(cursor: Cursor, owner: string): Entry {
  const nameLength = cursor.count(owner);
  const nameFrom = cursor.at;
  cursor.skip(nameLength, owner);
  const type = cursor.type(owner);
  const valueLength = cursor.count(owner) * type.bytes;
  const valueFrom = cursor.at;
  cursor.skip(valueLength, owner);
  return { nameFrom, nameTo: nameFrom + nameLength, type, valueFrom, valueTo: valueFrom + valueLength };
}
