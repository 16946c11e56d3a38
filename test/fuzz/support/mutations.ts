import fc from 'fast-check';

/** One way to damage a file. Positions are shares of the length, so that a case means something for a file of any size. */
export type Damage =
  | { readonly kind: 'flip'; readonly at: number; readonly mask: number }
  | { readonly kind: 'truncate'; readonly at: number }
  | { readonly kind: 'extreme'; readonly at: number; readonly value: bigint; readonly isWide: boolean }
  | { readonly kind: 'copy'; readonly from: number; readonly at: number; readonly length: number }
  | { readonly kind: 'remove'; readonly at: number; readonly length: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array };

const EXTREMES = [
  0n,
  1n,
  2n,
  0x7fff_fffcn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_fffen,
  0xffff_ffffn,
  0x1_0000_0000n,
  0x1f_ffff_ffff_ffffn,
  0x20_0000_0000_0000n,
  0x7fff_ffff_ffff_ffffn,
  0x8000_0000_0000_0000n,
  0xffff_ffff_ffff_ffffn,
] as const;

/** Evenly spread: the bias of numbers towards zero would spoil the signature in nearly every case. */
const share = (most: number): fc.Arbitrary<number> =>
  fc.noBias(fc.integer({ min: 0, max: 999_999 })).map((part) => (part / 1_000_000) * most);

/** Half of the places lie in the first eighth, where headers are. */
const place = fc.oneof(share(0.125), share(1));

const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('flip' as const), at: place, mask: fc.integer({ min: 1, max: 255 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('extreme' as const), at: place, value: fc.constantFrom(...EXTREMES), isWide: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('truncate' as const), at: place }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('copy' as const), from: place, at: place, length: fc.integer({ min: 1, max: 64 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), at: place, length: fc.integer({ min: 1, max: 16 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('insert' as const), at: place, bytes: fc.uint8Array({ minLength: 1, maxLength: 16 }) }),
  },
);

export const damages: fc.Arbitrary<readonly Damage[]> = fc.array(damage, { minLength: 1, maxLength: 4 });

/** A damaged copy. */
export const damaged = (file: Uint8Array, all: readonly Damage[]): Uint8Array => all.reduce(inflict, file);

function inflict(file: Uint8Array, damage: Damage): Uint8Array {
  const at = Math.floor(damage.at * file.byteLength);
  switch (damage.kind) {
    case 'truncate':
      return file.slice(0, at);
    case 'remove':
      return Buffer.concat([file.subarray(0, at), file.subarray(at + damage.length)]);
    case 'insert':
      return Buffer.concat([file.subarray(0, at), damage.bytes, file.subarray(at)]);
    case 'copy': {
      const from = Math.floor(damage.from * file.byteLength);
      const copy = file.slice();
      copy.set(file.subarray(from, from + Math.min(damage.length, file.byteLength - at)), at);
      return copy;
    }
    case 'flip': {
      const copy = file.slice();
      if (at < copy.byteLength) copy[at] = (copy[at] ?? 0) ^ damage.mask;
      return copy;
    }
    case 'extreme':
      return overwritten(file, at, damage.value, damage.isWide);
  }
}

/** Overwrites the aligned four or eight bytes at a place, as a header field would lie. */
function overwritten(file: Uint8Array, at: number, value: bigint, isWide: boolean): Uint8Array {
  const copy = file.slice();
  const aligned = at - (at % 4);
  const view = new DataView(copy.buffer, copy.byteOffset, copy.byteLength);
  if (isWide && aligned + 8 <= copy.byteLength) view.setBigUint64(aligned, value);
  else if (aligned + 4 <= copy.byteLength) view.setUint32(aligned, Number(value & 0xffff_ffffn));
  return copy;
}
