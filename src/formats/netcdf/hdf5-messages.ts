import type { AttributeValue, NcType, TextForm, Values } from './file.ts';

/** What travels between the pool and its threads. Everything is copied by structured clone. */

/** Where the thread finds the file: on disk, read in place, or in memory. */
export interface Hdf5Source {
  readonly path: string;
  readonly bytes: Uint8Array | undefined;
}

export interface SnapshotDimension {
  readonly name: string;
  readonly size: number;
  readonly isUnlimited: boolean;
}

export interface SnapshotVariable {
  readonly name: string;
  readonly type: NcType;
  /** Positions in the snapshot's list of dimensions. */
  readonly dimensions: readonly number[];
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** Name of the HDF5 dataset, which is not always the variable's. */
  readonly dataset: string;
  /** Bytes of one value in memory; of a string, of its descriptor. */
  readonly valueBytes: number;
}

/** Everything but values. */
export interface Snapshot {
  readonly dimensions: readonly SnapshotDimension[];
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  readonly variables: readonly SnapshotVariable[];
}

/** Part of one variable: `count` entries of its first dimension from `from` on. */
export interface DatasetRead {
  readonly name: string;
  readonly dataset: string;
  readonly type: NcType;
  /** The lengths of the variable's dimensions, which may exceed what was ever written along unlimited ones. */
  readonly shape: readonly number[];
  readonly from: number;
  readonly count: number;
  /** What stands where nothing was written. */
  readonly fill: number | bigint | string;
  readonly texts?: TextForm | undefined;
  /** Shared memory that the values of numbers are written into. */
  readonly into?: Uint8Array<SharedArrayBuffer> | undefined;
}

export interface SnapshotBounds {
  /** Most links in the root group. */
  readonly names: number;
  /** Most bytes of attributes. */
  readonly attributeBytes: number;
}

export type Hdf5Task =
  | { readonly kind: 'snapshot'; readonly bounds: SnapshotBounds }
  | { readonly kind: 'read'; readonly reads: readonly DatasetRead[]; readonly readBytes: number };

export interface ThreadRequest {
  /** By which slot and thread call the file. */
  readonly file: number;
  /** Absent where the thread has this very file open already. */
  readonly source: Hdf5Source | undefined;
  /** Files to let go of first. */
  readonly close: readonly number[];
  readonly task: Hdf5Task;
}

export type ThreadReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  /** null: they are where they were to be put. */
  | { readonly kind: 'values'; readonly values: readonly (Values | null)[] }
  | { readonly kind: 'defect'; readonly what: string };
