/** Writes NetCDF classic (CDF-1). Source: NetCDF users' guide, "File format specifications", classic format. */

import { endianness } from 'node:os';

export type FieldType = 'char' | 'short' | 'int' | 'float' | 'double';

export interface NumberAttribute {
  readonly type: Exclude<FieldType, 'char'>;
  readonly values: readonly number[];
}

export type AttributeSpec = readonly [name: string, value: string | NumberAttribute];

export interface VariableSpec {
  readonly name: string;
  readonly type: FieldType;
  /** Names of dimensions; the unlimited one may only stand first. */
  readonly dimensions: readonly string[];
  readonly attributes: readonly AttributeSpec[];
  /** What every cell holds until something is put there; for `char` the code of the byte. */
  readonly fill: number;
}

export interface Schema {
  /** Lengths by name. The unlimited dimension has the length 0 here, as in the file. */
  readonly dimensions: ReadonlyMap<string, number>;
  readonly attributes: readonly AttributeSpec[];
  readonly variables: readonly VariableSpec[];
  /** Number of records of the unlimited dimension. */
  readonly records: number;
}

/** Where one variable's cells lie. A record variable's slab repeats every `recordStep` bytes. */
interface Field {
  readonly type: FieldType;
  readonly begin: number;
  /** Cells of a whole fixed variable, or of one record. */
  readonly cells: number;
  readonly recordStep: number;
  /** Length of the last dimension: the width of a text. */
  readonly width: number;
}

/** A complete file in which every cell is its fill value. Made once per shape; files are copies of it with values put in. */
export interface Template {
  readonly bytes: Uint8Array;
  readonly fields: ReadonlyMap<string, Field>;
}

const TYPE_CODES = { char: 2, short: 3, int: 4, float: 5, double: 6 } as const;
const TYPE_SIZES = { char: 1, short: 2, int: 4, float: 4, double: 8 } as const;
const TAG_DIMENSIONS = 0x0a;
const TAG_VARIABLES = 0x0b;
const TAG_ATTRIBUTES = 0x0c;
const SETTERS = { short: 'setInt16', int: 'setInt32', float: 'setFloat32', double: 'setFloat64' } as const;

const IS_LITTLE_ENDIAN = endianness() === 'LE';

const padded = (length: number): number => Math.ceil(length / 4) * 4;

export function compile(schema: Schema): Template {
  const shapes = schema.variables.map((variable) => shapeOf(schema, variable));
  const recordShapes = shapes.filter((shape) => shape.isRecord);
  const lone = recordShapes.length === 1; // the format leaves the padding of a single record variable out
  const recordStep = recordShapes.reduce((sum, shape) => sum + (lone ? shape.size : padded(shape.size)), 0);

  let begin = header(
    schema,
    shapes,
    shapes.map(() => 0),
  ).length;
  const begins: number[] = new Array(shapes.length).fill(0);
  for (const isRecord of [false, true]) {
    shapes.forEach((shape, index) => {
      if (shape.isRecord !== isRecord) return;
      begins[index] = begin;
      begin += isRecord && lone ? shape.size : padded(shape.size);
    });
  }
  const recordsBegin = begin - recordStep;
  const bytes = new Uint8Array(recordsBegin + recordStep * schema.records);
  bytes.set(header(schema, shapes, begins));

  const fields = new Map<string, Field>();
  schema.variables.forEach((variable, index) => {
    const shape = shapes[index];
    if (shape === undefined) return;
    const field = {
      type: variable.type,
      begin: begins[index] ?? 0,
      cells: shape.cells,
      recordStep: shape.isRecord ? recordStep : 0,
      width: shape.width,
    };
    fields.set(variable.name, field);
    for (let record = 0; record < (shape.isRecord ? schema.records : 1); record += 1) {
      fillCells(bytes, field.type, field.begin + record * recordStep, shape.cells, variable.fill);
    }
  });
  return { bytes, fields };
}

/** A copy of a template that is being filled in. Nothing is checked but names and ends: the generator knows what it writes. */
export class Draft {
  readonly bytes: Buffer;
  readonly #fields: ReadonlyMap<string, Field>;
  readonly #view: DataView;

  constructor(template: Template) {
    this.bytes = Buffer.from(template.bytes);
    this.#fields = template.fields;
    this.#view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  /** Puts a text into the `index`-th string cell (one byte per character: Latin-1), or bytes as they are. Cut at the cell's width. */
  text(name: string, text: string | Uint8Array, index = 0, record = 0): void {
    const field = this.#field(name);
    const start = field.begin + record * field.recordStep + index * field.width;
    if (typeof text === 'string') this.bytes.write(text, start, field.width, 'latin1');
    else this.bytes.set(text.subarray(0, field.width), start);
  }

  /** Puts single characters from cell `from` on. */
  characters(name: string, characters: string, from = 0): void {
    const field = this.#field(name);
    this.bytes.write(characters, field.begin + from, field.cells - from, 'latin1');
  }

  numbers(name: string, values: ArrayLike<number>, from = 0, record = 0): void {
    const field = this.#field(name);
    if (field.type === 'char') throw new TypeError(`${name} holds characters, not numbers.`);
    const set = SETTERS[field.type];
    const size = TYPE_SIZES[field.type];
    let offset = field.begin + record * field.recordStep + from * size;
    if (field.type === 'float' && values instanceof Float32Array && IS_LITTLE_ENDIAN) {
      const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      this.bytes.set(raw, offset);
      this.bytes.subarray(offset, offset + raw.length).swap32();
      return;
    }
    for (let index = 0; index < values.length; index += 1) {
      this.#view[set](offset, values[index] ?? 0);
      offset += size;
    }
  }

  #field(name: string): Field {
    const field = this.#fields.get(name);
    if (field === undefined) throw new RangeError(`The file has no variable ${name}.`);
    return field;
  }
}

interface Shape {
  readonly isRecord: boolean;
  readonly cells: number;
  /** Bytes of the variable, or of one record of it, without padding. */
  readonly size: number;
  readonly width: number;
  readonly dimensionIds: readonly number[];
}

function shapeOf(schema: Schema, variable: VariableSpec): Shape {
  const names = [...schema.dimensions.keys()];
  const lengths = variable.dimensions.map((name) => schema.dimensions.get(name) ?? Number.NaN);
  const isRecord = lengths[0] === 0;
  const cells = lengths.slice(isRecord ? 1 : 0).reduce((product, length) => product * length, 1);
  if (Number.isNaN(cells)) throw new RangeError(`${variable.name} names a dimension that the file does not have.`);
  const dimensionIds = variable.dimensions.map((name) => names.indexOf(name));
  return { isRecord, cells, size: cells * TYPE_SIZES[variable.type], width: lengths.at(-1) ?? 1, dimensionIds };
}

function header(schema: Schema, shapes: readonly Shape[], begins: readonly number[]): Uint8Array {
  const out = new Bytes();
  out.raw(Buffer.from('CDF\x01', 'latin1'));
  out.int(schema.records);
  out.list(TAG_DIMENSIONS, [...schema.dimensions], ([name, length]) => {
    out.name(name);
    out.int(length);
  });
  attributes(out, schema.attributes);
  out.list(TAG_VARIABLES, schema.variables, (variable, index) => {
    const shape = shapes[index];
    out.name(variable.name);
    out.int(shape?.dimensionIds.length ?? 0);
    for (const id of shape?.dimensionIds ?? []) out.int(id);
    attributes(out, variable.attributes);
    out.int(TYPE_CODES[variable.type]);
    out.int(padded(shape?.size ?? 0));
    out.int(begins[index] ?? 0);
  });
  return out.done();
}

function attributes(out: Bytes, specs: readonly AttributeSpec[]): void {
  out.list(TAG_ATTRIBUTES, specs, ([name, value]) => {
    out.name(name);
    if (typeof value === 'string') {
      out.int(TYPE_CODES.char);
      out.name(value);
      return;
    }
    out.int(TYPE_CODES[value.type]);
    out.int(value.values.length);
    const size = TYPE_SIZES[value.type];
    const cells = new Uint8Array(padded(size * value.values.length));
    const view = new DataView(cells.buffer);
    value.values.forEach((number, index) => {
      view[SETTERS[value.type]](index * size, number);
    });
    out.raw(cells);
  });
}

function fillCells(bytes: Uint8Array, type: FieldType, begin: number, cells: number, fill: number): void {
  if (type === 'char') {
    bytes.fill(fill, begin, begin + cells);
    return;
  }
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < cells; index += 1) view[SETTERS[type]](begin + index * TYPE_SIZES[type], fill);
}

/** Bytes in the making, big-endian. */
class Bytes {
  readonly #parts: Uint8Array[] = [];

  raw(part: Uint8Array): void {
    this.#parts.push(part);
  }

  int(value: number): void {
    const part = Buffer.alloc(4);
    part.writeInt32BE(value);
    this.#parts.push(part);
  }

  /** A counted text, padded with zeros to a multiple of four. */
  name(text: string): void {
    const encoded = Buffer.from(text, 'utf8');
    this.int(encoded.length);
    this.#parts.push(encoded, Buffer.alloc(padded(encoded.length) - encoded.length));
  }

  /** A tagged list; an empty one is two zeros. */
  list<Item>(tag: number, items: readonly Item[], write: (item: Item, index: number) => void): void {
    this.int(items.length === 0 ? 0 : tag);
    this.int(items.length);
    items.forEach(write);
  }

  done(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}
