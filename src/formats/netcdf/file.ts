/** What every NetCDF container looks like to the rest of Landfall, whatever its bytes. */

export type Container = 'classic' | 'offset64' | 'cdf5' | 'hdf5';

export type NcType = 'byte' | 'char' | 'short' | 'int' | 'float' | 'double' | 'ubyte' | 'ushort' | 'uint' | 'int64' | 'uint64' | 'string';

export interface Dimension {
  readonly name: string;
  /** Current length; for the unlimited dimension the number of records. */
  readonly size: number;
  readonly isUnlimited: boolean;
}

/** `char` is raw bytes: text is cut, stripped and decoded by whoever knows what it means. */
export type Numbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** Texts are NC_STRING only. */
export type Values = Numbers | readonly string[];

/** Attribute text is decoded as UTF-8, as Latin-1 where it is not UTF-8. Numbers always come as an array. */
export type AttributeValue = string | Numbers | readonly string[];

export interface Variable {
  readonly name: string;
  readonly type: NcType;
  readonly dimensions: readonly Dimension[];
  readonly attributes: ReadonlyMap<string, AttributeValue>;
}

/** A whole variable, or `count` entries from `from` on along its first dimension. */
export interface ReadRequest {
  readonly name: string;
  readonly from?: number;
  readonly count?: number;
  /** How NC_STRING is given; default: as texts. Other types are not touched by it. */
  readonly texts?: TextForm;
  /**
   * Where to put the values: shared memory for just so many of the variable's own type. The answer is `into` itself then, or, where the file
   * is read in another way, values in memory of their own.
   */
  readonly into?: Numbers;
}

/**
 * `bytes`: each text cut from its NUL on and padded with NUL to `length` bytes, all in one `Uint8Array`; a longer one is refused.
 * `longest`: a `Uint32Array` of one number, the bytes of the longest text.
 */
export type TextForm = { readonly kind: 'bytes'; readonly length: number } | { readonly kind: 'longest' };

export interface NetcdfFile {
  readonly path: string;
  readonly container: Container;
  readonly dimensions: ReadonlyMap<string, Dimension>;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /**
   * Reads several variables in one go (one message to the HDF5 thread), in the order asked for, C order, native byte order.
   * @throws {Failure} `unreadable_file` (kind stop): the name is unknown, or the bytes are not what the header promised.
   */
  read(requests: readonly ReadRequest[]): Promise<readonly Values[]>;
  close(): Promise<void>;
}
