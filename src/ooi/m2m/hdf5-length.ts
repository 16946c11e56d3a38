/** How long an HDF5 file says it is, from its first bytes. Source: HDF5 File Format Specification 3.0, "Format Signature and Superblock". Pure. */

const SIGNATURE = Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Where the end-of-file address is, and where the size of addresses: by version of the superblock. */
const FIELDS: Readonly<Record<number, { readonly offsetSizeAt: number; readonly endAt: number }>> = {
  0: { offsetSizeAt: 13, endAt: 40 },
  1: { offsetSizeAt: 13, endAt: 44 },
  2: { offsetSizeAt: 9, endAt: 28 },
  3: { offsetSizeAt: 9, endAt: 28 },
};
/** Bytes to look at. */
export const HEAD_BYTES = 512;

export type FileHead =
  /** `bytes`: the length the file says it has; null: a form this does not read. */
  { readonly kind: 'hdf5'; readonly bytes: number | null } | { readonly kind: 'netcdf3' } | { readonly kind: 'other' };

export function readHead(head: Buffer): FileHead {
  if (head.subarray(0, 3).equals(Buffer.from('CDF'))) return { kind: 'netcdf3' };
  if (!head.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return { kind: 'other' };
  const fields = FIELDS[head[8] ?? -1];
  if (fields === undefined || head.length < fields.endAt + 8 || head[fields.offsetSizeAt] !== 8) return { kind: 'hdf5', bytes: null };
  return { kind: 'hdf5', bytes: Number(head.readBigUInt64LE(fields.endAt)) };
}
