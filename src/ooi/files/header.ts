import { Failure } from '../../errors.ts';
import type { AttributeValue, NcType, NetcdfFile, Variable } from '../../formats/netcdf/file.ts';
import { parseTimeUnits, type TimeUnits } from '../../formats/zarr/time.ts';
import type { InnerDimension, LeftOut } from '../series.ts';
import { fillAs, NUMPY } from './column-types.ts';

/** A variable of a file as far as the store takes it. */
export interface FileVariable {
  readonly name: string;
  readonly type: NcType;
  /** As numpy writes it; of texts `|S<bytes>`, 0 bytes where only the values would tell. */
  readonly numpy: string;
  readonly isOnTime: boolean;
  /** Behind time; of characters without the length of the text. */
  readonly inner: readonly InnerDimension[];
  /** Its own `_FillValue`, a value of its own type. */
  readonly fill: number | bigint | Uint8Array | null;
}

export interface FileHeader {
  /** Length of the dimension that time is on. */
  readonly rows: number;
  readonly timeUnits: TimeUnits;
  readonly timeFill: number | null;
  readonly variables: ReadonlyMap<string, FileVariable>;
}

/** A file that is left out, and why; becomes a report. */
export class Unusable extends Error {
  override readonly name = 'Unusable';
  readonly reason: LeftOut;

  constructor(reason: LeftOut, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Names become places in a store: nothing else may stand in them. */
const ARRAY_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_.+@-]{0,198}[A-Za-z0-9_+@-])?$/;

/** More than any instrument has; a claim beyond it is no measurement. */
export const ROW_BYTES = 8_000_000;

/** Calendars that agree with history since 1583. */
const CALENDARS: ReadonlySet<string> = new Set(['gregorian', 'standard', 'proleptic_gregorian']);

/**
 * What the header says of the variables that the store takes: all numbers on time, texts that `isKeptText`, coordinates of inner dimensions.
 * @throws {Unusable} `no_time`, `bad_time_units`, `unfit`
 */
export function readHeader(file: NetcdfFile): FileHeader {
  const time = file.variables.get('time');
  const [along, ...others] = time?.dimensions ?? [];
  if (time === undefined || along === undefined || others.length > 0 || isText(time.type))
    throw new Unusable('no_time', 'It has no variable time of numbers along one dimension');
  const timeFill = ownFill(time);
  const variables = [...file.variables.values()].flatMap((variable) => describe(variable, along.name));
  const inner = new Set(variables.flatMap((variable) => (variable.isOnTime ? variable.inner.map(({ name }) => name) : [])));
  const kept = variables.filter(({ isOnTime, name }) => isOnTime || inner.has(name));
  return {
    rows: along.size,
    timeUnits: timeUnitsOf(time.attributes),
    timeFill: typeof timeFill === 'number' ? timeFill : null,
    variables: new Map(kept.map((variable) => [variable.name, variable])),
  };
}

export const isText = (type: NcType): boolean => type === 'char' || type === 'string';

/** Texts that consumers of the stores read. Specification 7.5, rule 5. */
export const isKeptText = (name: string): boolean => name.includes('qartod_executed') || name.includes('frame_type');

function timeUnitsOf(attributes: ReadonlyMap<string, AttributeValue>): TimeUnits {
  const [units, calendar = 'gregorian'] = [attributes.get('units'), attributes.get('calendar')];
  const parsed = typeof units === 'string' ? parseTimeUnits(units) : null;
  if (parsed === null) throw new Unusable('bad_time_units', `Its time counts in ${shown(units)}, which is not understood`);
  if (typeof calendar === 'string' && CALENDARS.has(calendar.toLowerCase())) return parsed;
  throw new Unusable('bad_time_units', `Its time uses the calendar ${shown(calendar)}; expected gregorian`);
}

const shown = (value: AttributeValue | undefined): string =>
  value === undefined ? 'no units' : JSON.stringify(String(value).slice(0, 60));

function describe(variable: Variable, along: string): readonly FileVariable[] {
  const { name, type, dimensions } = variable;
  const isOnTime = dimensions[0]?.name === along;
  if (name === 'obs' || (isText(type) && !(isOnTime && isKeptText(name)))) return [];
  // Off time only the coordinate of an inner dimension is a series' business.
  if (!isOnTime && !(dimensions.length === 1 && dimensions[0]?.name === name)) return [];
  if (!ARRAY_NAME.test(name) || name === '__proto__') throw unfit(`${JSON.stringify(name.slice(0, 60))} is no name for an array`);
  const behind = isOnTime ? dimensions.slice(1) : dimensions;
  const letters = type === 'char' ? behind.at(-1) : undefined;
  const inner = (letters === undefined ? behind : behind.slice(0, -1)).map((dimension) => ({ name: dimension.name, size: dimension.size }));
  const repeated = new Set([along, 'time', ...inner.map((dimension) => dimension.name)]).size !== inner.length + (along === 'time' ? 1 : 2);
  if (repeated) throw unfit(`${name} uses one dimension twice`);
  const textBytes = type === 'string' ? 0 : type === 'char' ? (letters?.size ?? 1) : null;
  const numpy = type === 'char' || type === 'string' ? `|S${textBytes}` : NUMPY[type];
  if (inner.reduce((product, { size }) => product * size, textBytes ?? 8) > ROW_BYTES)
    throw unfit(`one row of ${name} has more than ${ROW_BYTES} bytes`);
  return [{ name, type, numpy, isOnTime, inner, fill: ownFill(variable) }];
}

const unfit = (what: string): Unusable => new Unusable('unfit', `It does not fit into a store: ${what}`);

function ownFill({ type, attributes }: Variable): FileVariable['fill'] {
  const declared = attributes.get('_FillValue');
  if (declared === undefined) return null;
  if (type === 'char' || type === 'string') return typeof declared === 'string' ? new Uint8Array(Buffer.from(declared)) : null;
  const first = declared[0];
  return typeof first === 'number' || typeof first === 'bigint' ? fillAs(first, NUMPY[type]) : null;
}

/** Bytes of one text of a text type. */
export const textBytesOf = (numpy: string): number => Number(numpy.slice(2));

/** A file is not what it was when its header was read. */
export const changedUnderway = (path: string, what: string): Failure =>
  new Failure({
    kind: 'replan',
    code: 'file_changed',
    happened: `${path} is not what it was when its header was read: ${what}`,
    remedy: 'Begin again with the files as they are now',
  });
